use agent_runtime::prelude::*;

ontology!("ontologies/title_without_letters.json"); //~ ["ontologies/title_without_letters.json"] makes no name

#[editor_agent]
async fn check(_coins: FrameObjects<Coin>) {}

fn main() {}
