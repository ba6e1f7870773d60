use agent_runtime::prelude::*;

#[editor_agent]
async fn greet(_hashes: &[String]) {} //~ [&[String]] cannot be lent to an editor agent

fn main() {}
