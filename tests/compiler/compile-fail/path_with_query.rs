use agent_runtime::prelude::*;

#[editor_agent(path = "/greet?loud=1")] //~ ["/greet?loud=1"] a path has no query
async fn greet() {}

fn main() {}
