use agent_runtime::prelude::*;

ontology!("ontologies/shop.json");

use coin::Metal;

#[editor_agent]
async fn check(frame: Frame, row: &mut LabelRow) -> Result<()> {
    row.add(NewCoin::new(BoundingBox::new(0.1, 0.1, 0.2, 0.2), Metal::Silver).diameter(31)).on(frame)?; //~ [31] mismatched types
    Ok(())
}

fn main() {}
