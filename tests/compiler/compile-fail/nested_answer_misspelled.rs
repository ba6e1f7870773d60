use agent_runtime::prelude::*;

ontology!("ontologies/shop.json");

use coin::Metal;

#[editor_agent]
async fn check(coins: FrameObjects<Coin>, row: &mut LabelRow) -> Result<()> {
    coins[0].set_metal(row, Metal::NotSure { wy: None })?; //~ [wy] has no field named `wy`
    Ok(())
}

fn main() {}
