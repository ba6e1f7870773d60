use agent_runtime::prelude::*;

#[editor_agent(concurrency = 65537)] //~ [65537] `concurrency` takes a whole number from 1 to 65536
async fn greet() {}

fn main() {}
