use agent_runtime::prelude::*;

#[editor_agent(path = "/greet",, no_timeout)] //~ [,] there is nothing before this comma: remove it
async fn greet() {}

fn main() {}
