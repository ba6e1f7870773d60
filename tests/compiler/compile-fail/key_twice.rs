use agent_runtime::prelude::*;

#[editor_agent(path = "/greet", path = "/hello")] //~ [path] `path` is given twice: remove one
async fn greet() {}

fn main() {}
