use agent_runtime::prelude::*;

ontology!("ontologies/shop.json", rename("Coin" => "Penny")); //~ ["Penny"] a name is written without quotes

#[editor_agent]
async fn check(_coins: FrameObjects<Coin>) {}

fn main() {}
