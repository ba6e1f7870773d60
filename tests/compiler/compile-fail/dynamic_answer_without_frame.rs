use agent_runtime::prelude::*;

ontology!("ontologies/shop.json");

#[editor_agent]
async fn check(coins: FrameObjects<Coin>) -> Result<()> {
    let _motion = coins[0].motion(); //~ [motion] this method takes 1 argument but 0
    Ok(())
}

fn main() {}
