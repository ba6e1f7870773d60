use agent_runtime::prelude::*;

ontology!("ontologies/shop.json");

use coin::Metal;

#[editor_agent]
async fn check(frame: Frame, row: &mut LabelRow) -> Result<()> {
    row.add(NewCoin::new(Point::new(0.1, 0.1), Metal::Silver)).on(frame)?; //~ [Point::new(0.1, 0.1)] mismatched types
    Ok(())
}

fn main() {}
