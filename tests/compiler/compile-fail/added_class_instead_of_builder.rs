use agent_runtime::prelude::*;

ontology!("ontologies/shop.json");

#[editor_agent]
async fn check(frame: Frame, coins: FrameObjects<Coin>, row: &mut LabelRow) -> Result<()> {
    row.add(coins[0].coordinates.clone()).on(frame)?; //~ [coins[0].coordinates.clone()] `Coin` is not a new object
    Ok(())
}

fn main() {}
