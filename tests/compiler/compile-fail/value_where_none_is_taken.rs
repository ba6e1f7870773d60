use agent_runtime::prelude::*;

#[editor_agent(no_timeout = true)] //~ [true] `no_timeout` takes no value: write just `no_timeout`
async fn greet() {}

fn main() {}
