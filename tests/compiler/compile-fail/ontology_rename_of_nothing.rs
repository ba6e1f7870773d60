use agent_runtime::prelude::*;

ontology!("ontologies/shop.json", rename("Coyn" => Penny)); //~ ["Coyn"] has no class, attribute or option `Coyn`

#[editor_agent]
async fn check(_coins: FrameObjects<Coin>) {}

fn main() {}
