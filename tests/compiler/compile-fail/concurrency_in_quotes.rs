use agent_runtime::prelude::*;

#[editor_agent(concurrency = "8")] //~ ["8"] `concurrency` takes a whole number from 1 to 65536, without quotes
async fn greet() {}

fn main() {}
