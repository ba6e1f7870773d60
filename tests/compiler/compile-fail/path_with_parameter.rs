use agent_runtime::prelude::*;

#[editor_agent(path = "/greet/{name}")] //~ ["/greet/{name}"] an agent has one fixed path
async fn greet() {}

fn main() {}
