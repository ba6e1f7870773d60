use agent_runtime::prelude::*;

#[editor_agent]
async fn greet() {}

#[editor_agent(path = "/other")]
async fn greet() {} //~ [async fn greet()] the name `greet` is defined multiple times

fn main() {}
