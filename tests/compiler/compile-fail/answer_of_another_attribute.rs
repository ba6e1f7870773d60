use agent_runtime::prelude::*;

ontology!("ontologies/shop.json");

use coin::Motion;

#[editor_agent]
async fn check(coins: FrameObjects<Coin>, row: &mut LabelRow) -> Result<()> {
    coins[0].set_metal(row, Motion::Still)?; //~ [Motion::Still] mismatched types
    Ok(())
}

fn main() {}
