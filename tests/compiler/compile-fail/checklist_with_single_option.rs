use agent_runtime::prelude::*;

ontology!("ontologies/shop.json");

use coin::InTheWay;

#[editor_agent]
async fn check(coins: FrameObjects<Coin>, row: &mut LabelRow) -> Result<()> {
    coins[0].set_in_the_way(row, InTheWay::Crockery)?; //~ [InTheWay::Crockery] `InTheWay` is not an iterator
    Ok(())
}

fn main() {}
