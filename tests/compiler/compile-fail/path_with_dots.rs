use agent_runtime::prelude::*;

#[editor_agent(path = "/a/../greet")] //~ ["/a/../greet"] every part of a path has a name
async fn greet() {}

fn main() {}
