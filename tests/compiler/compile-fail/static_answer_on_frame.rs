use agent_runtime::prelude::*;

ontology!("ontologies/shop.json");

#[editor_agent]
async fn check(frame: Frame, coins: FrameObjects<Coin>) -> Result<()> {
    let _metal = coins[0].metal(frame); //~ [metal] this method takes 0 arguments but 1
    Ok(())
}

fn main() {}
