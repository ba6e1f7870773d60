use agent_runtime::prelude::*;

ontology!("ontologies/shop.json");

#[editor_agent]
async fn check(row: &LabelRow) -> Result<()> {
    let _polygons = row.objects_as::<Polygon>()?; //~ [Polygon] `agent_runtime::prelude::Polygon` is not an object class
    Ok(())
}

fn main() {}
