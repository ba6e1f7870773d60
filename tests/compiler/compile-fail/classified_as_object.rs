use agent_runtime::prelude::*;

ontology!("ontologies/shop.json");

use coin::Metal;

#[editor_agent]
async fn check(frame: Frame, row: &mut LabelRow) -> Result<()> {
    row.classify_as(NewCoin::new(BoundingBox::new(0.1, 0.1, 0.2, 0.2), Metal::Silver)).on(frame)?; //~ [NewCoin::new(BoundingBox::new(0.1, 0.1, 0.2, 0.2), Metal::Silver)] `NewCoin` is not a classification
    Ok(())
}

fn main() {}
