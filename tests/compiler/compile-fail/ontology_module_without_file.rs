use agent_runtime::prelude::*;

ontology!(mod shop); //~ [shop] the file is missing

#[editor_agent]
async fn check(_coins: FrameObjects<Coin>) {}

fn main() {}
