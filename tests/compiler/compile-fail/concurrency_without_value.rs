use agent_runtime::prelude::*;

#[editor_agent(concurrency)] //~ [concurrency] `concurrency` needs a value: write `concurrency = 8`
async fn greet() {}

fn main() {}
