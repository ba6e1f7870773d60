use agent_runtime::prelude::*;

#[editor_agent]
#[editor_agent(path = "/hello")] //~ [#[editor_agent(path = "/hello")]] `#[editor_agent]` stands on this function twice: remove one
async fn greet() {}

fn main() {}
