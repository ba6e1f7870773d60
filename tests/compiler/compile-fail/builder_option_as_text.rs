use agent_runtime::prelude::*;

ontology!("ontologies/shop.json");

#[editor_agent]
async fn check(frame: Frame, row: &mut LabelRow) -> Result<()> {
    row.add(NewCoin::new(BoundingBox::new(0.1, 0.1, 0.2, 0.2), "Silver")).on(frame)?; //~ ["Silver"] mismatched types
    Ok(())
}

fn main() {}
