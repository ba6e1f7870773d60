use agent_runtime::prelude::*;

ontology!("ontologies/not_an_ontology.json"); //~ ["ontologies/not_an_ontology.json"] is not an ontology

#[editor_agent]
async fn check(_coins: FrameObjects<Coin>) {}

fn main() {}
