use agent_runtime::prelude::*;

ontology!("ontologies/not_json.json"); //~ ["ontologies/not_json.json"] is not JSON: line 2, column 14

#[editor_agent]
async fn check(_coins: FrameObjects<Coin>) {}

fn main() {}
