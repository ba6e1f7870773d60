use agent_runtime::prelude::*;

ontology!("ontologies/shop.json");

#[editor_agent]
async fn check(_scene: Selected<Scene>) {} //~ [Selected<Scene>] Scene` is not a shape that objects can have

fn main() {}
