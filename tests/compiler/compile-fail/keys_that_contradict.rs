use agent_runtime::prelude::*;

#[editor_agent(timeout = "30s", no_timeout)] //~ [no_timeout] `timeout` and `no_timeout` contradict each other: keep one
async fn greet() {}

fn main() {}
