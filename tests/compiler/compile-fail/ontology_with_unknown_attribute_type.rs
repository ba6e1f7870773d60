use agent_runtime::prelude::*;

ontology!("ontologies/unknown_attribute_type.json"); //~ ["ontologies/unknown_attribute_type.json"] unknown type `rado`

#[editor_agent]
async fn check(_coins: FrameObjects<Coin>) {}

fn main() {}
