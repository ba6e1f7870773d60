use agent_runtime::prelude::*;

#[editor_agent(path = "/greet/*")] //~ ["/greet/*"] an agent has one fixed path
async fn greet() {}

fn main() {}
