use agent_runtime::prelude::*;

#[editor_agent(path = "greet")] //~ ["greet"] a path starts with `/`: write `/greet`
async fn greet() {}

fn main() {}
