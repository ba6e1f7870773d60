use agent_runtime::prelude::*;

ontology!("ontologies/shop.json");

#[editor_agent]
async fn check(_coins: FrameObjects<Coinn>) {} //~ [Coinn] cannot find type `Coinn`

fn main() {}
