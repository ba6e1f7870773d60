use agent_runtime::prelude::*;

#[editor_agent(path = "/greet#top")] //~ ["/greet#top"] a path has no fragment
async fn greet() {}

fn main() {}
