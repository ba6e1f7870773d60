use agent_runtime::prelude::*;

ontology!("ontologies/shop.json" by = "title"); //~ [by] a comma is missing

#[editor_agent]
async fn check(_coins: FrameObjects<Coin>) {}

fn main() {}
