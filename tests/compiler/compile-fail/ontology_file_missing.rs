use agent_runtime::prelude::*;

ontology!("ontologies/shopp.json"); //~ ["ontologies/shopp.json"] there is no file

#[editor_agent]
async fn check(_coins: FrameObjects<Coin>) {}

fn main() {}
