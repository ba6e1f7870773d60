use agent_runtime::prelude::*;

ontology!("ontologies/shop.json", renam("Coin" => Penny)); //~ [renam] did you mean `rename`?

#[editor_agent]
async fn check(_coins: FrameObjects<Coin>) {}

fn main() {}
