use agent_runtime::prelude::*;

ontology!("ontologies/class_and_builder.json"); //~ ["ontologies/class_and_builder.json"] would both be named `NewCoin`

#[editor_agent]
async fn check(_coins: FrameObjects<Coin>) {}

fn main() {}
