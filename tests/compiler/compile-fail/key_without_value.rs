use agent_runtime::prelude::*;

#[editor_agent(path)] //~ [path] `path` needs a value: write `path = "/my-agent"`
async fn greet() {}

fn main() {}
