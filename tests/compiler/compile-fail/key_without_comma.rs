use agent_runtime::prelude::*;

#[editor_agent(path = "/greet" timeout = "3s")] //~ [timeout] a comma is missing here
async fn greet() {}

fn main() {}
