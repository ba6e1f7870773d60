use agent_runtime::prelude::*;

ontology!("ontologies/unknown_shape.json"); //~ ["ontologies/unknown_shape.json"] did you mean `bounding_box`?

#[editor_agent]
async fn check(_coins: FrameObjects<Coin>) {}

fn main() {}
