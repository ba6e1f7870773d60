use agent_runtime::prelude::*;

#[editor_agent(path("/greet"))] //~ [("/greet")] expected `=` after `path`
async fn greet() {}

fn main() {}
