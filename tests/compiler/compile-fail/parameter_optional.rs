use agent_runtime::prelude::*;

#[editor_agent]
async fn greet(_name: Option<String>) {} //~ [Option<String>] `Option<String>` is not something an editor agent can ask for

fn main() {}
