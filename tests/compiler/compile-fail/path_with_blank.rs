use agent_runtime::prelude::*;

#[editor_agent(path = "/greet me")] //~ ["/greet me"] a path has no blanks
async fn greet() {}

fn main() {}
