use agent_runtime::prelude::*;

ontology!("ontologies/shop.json");

#[editor_agent]
async fn check(frame: Frame, row: &mut LabelRow) -> Result<()> {
    row.add(Scene::Outdoors).on(frame)?; //~ [Scene::Outdoors] Scene` is not a new object
    Ok(())
}

fn main() {}
