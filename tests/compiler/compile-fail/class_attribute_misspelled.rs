use agent_runtime::prelude::*;

ontology!("ontologies/shop.json");

#[editor_agent]
async fn check(coins: FrameObjects<Coin>) -> Result<()> {
    let _metal = coins.iter().map(|coin| coin.metl()).count(); //~ [metl] no method named `metl`
    Ok(())
}

fn main() {}
