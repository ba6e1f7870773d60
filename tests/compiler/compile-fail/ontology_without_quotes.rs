use agent_runtime::prelude::*;

ontology!(shop); //~ [shop] expected the path of the file in quotes

#[editor_agent]
async fn check(_coins: FrameObjects<Coin>) {}

fn main() {}
