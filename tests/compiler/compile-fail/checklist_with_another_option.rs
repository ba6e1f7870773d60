use agent_runtime::prelude::*;

ontology!("ontologies/shop.json");

use coin::Metal;

#[editor_agent]
async fn check(coins: FrameObjects<Coin>, row: &mut LabelRow) -> Result<()> {
    coins[0].set_in_the_way(row, [Metal::Bronze])?; //~ [[Metal::Bronze]] type mismatch
    Ok(())
}

fn main() {}
