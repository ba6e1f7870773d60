use agent_runtime::prelude::*;

ontology!("ontologies/shop.json");

#[editor_agent]
async fn check(_seams: Crops<Seam>) {} //~ [Crops<Seam>] `Seam` is not a shape that can be cut out

fn main() {}
