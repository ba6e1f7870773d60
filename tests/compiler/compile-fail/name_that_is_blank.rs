use agent_runtime::prelude::*;

#[editor_agent(name = " ")] //~ [" "] a name is not blank
async fn greet() {}

fn main() {}
