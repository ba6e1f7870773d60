use agent_runtime::prelude::*;

#[editor_agent]
async fn greet(_name: &str) {} //~ [&str] `str` cannot be lent to an editor agent

fn main() {}
