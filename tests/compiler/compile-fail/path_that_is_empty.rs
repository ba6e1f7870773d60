use agent_runtime::prelude::*;

#[editor_agent(path = "")] //~ [""] a path has a name: write `/my-agent`
async fn count() {}

fn main() {}
