use agent_runtime::prelude::*;

#[editor_agent(path = "/greet%20me")] //~ ["/greet%20me"] remove `%`
async fn greet() {}

fn main() {}
