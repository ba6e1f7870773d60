use agent_runtime::prelude::*;

#[editor_agent(timeout = "90m")] //~ ["90m"] a time-out is at most an hour
async fn greet() {}

fn main() {}
