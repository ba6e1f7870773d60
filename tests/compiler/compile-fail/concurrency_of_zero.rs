use agent_runtime::prelude::*;

#[editor_agent(concurrency = 0)] //~ [0] `concurrency` takes a whole number from 1 to 65536
async fn greet() {}

fn main() {}
