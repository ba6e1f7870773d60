use agent_runtime::prelude::*;

ontology!("ontologies/colliding_options.json"); //~ ["ontologies/colliding_options.json"] would both be named `A`

#[editor_agent]
async fn check(_coins: FrameObjects<Coin>) {}

fn main() {}
