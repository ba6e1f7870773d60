use agent_runtime::prelude::*;

ontology!("ontologies/shop.json");

use coin::Metal;

#[editor_agent]
async fn check(coins: FrameObjects<Coin>, row: &mut LabelRow) -> Result<()> {
    coins[0].set_metall(row, Metal::Bronze)?; //~ [set_metall] no method named `set_metall`
    Ok(())
}

fn main() {}
