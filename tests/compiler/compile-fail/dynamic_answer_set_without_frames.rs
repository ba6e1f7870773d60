use agent_runtime::prelude::*;

ontology!("ontologies/shop.json");

use coin::Motion;

#[editor_agent]
async fn check(coins: FrameObjects<Coin>, row: &mut LabelRow) -> Result<()> {
    coins[0].set_motion(row, Motion::Still)?; //~ [set_motion] this method takes 3 arguments but 2
    Ok(())
}

fn main() {}
