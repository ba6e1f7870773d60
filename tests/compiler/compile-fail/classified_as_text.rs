use agent_runtime::prelude::*;

ontology!("ontologies/shop.json");

#[editor_agent]
async fn check(frame: Frame, row: &mut LabelRow) -> Result<()> {
    row.classify_as("Scene").on(frame)?; //~ ["Scene"] is not a classification
    Ok(())
}

fn main() {}
