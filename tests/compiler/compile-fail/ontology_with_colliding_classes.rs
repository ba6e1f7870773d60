use agent_runtime::prelude::*;

ontology!("ontologies/colliding_classes.json"); //~ ["ontologies/colliding_classes.json"] would both be named `CarLeft`

#[editor_agent]
async fn check(_coins: FrameObjects<Coin>) {}

fn main() {}
