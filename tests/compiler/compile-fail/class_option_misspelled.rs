use agent_runtime::prelude::*;

ontology!("ontologies/shop.json");

use coin::Metal;

#[editor_agent]
async fn check(coins: FrameObjects<Coin>) -> Result<()> {
    let _bronze = coins.iter().filter(|coin| coin.metal() == Some(Metal::Bronz)).count(); //~ [Bronz] no variant
    Ok(())
}

fn main() {}
