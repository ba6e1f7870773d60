use agent_runtime::prelude::*;

ontology!("ontologies/shop.json", by = "titel"); //~ ["titel"] did you mean `"title"`?

#[editor_agent]
async fn check(_coins: FrameObjects<Coin>) {}

fn main() {}
