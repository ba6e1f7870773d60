use agent_runtime::prelude::*;

#[editor_agent(timeout = 30)] //~ [30] `timeout` takes text in quotes: write `timeout = "30s"`
async fn greet() {}

fn main() {}
