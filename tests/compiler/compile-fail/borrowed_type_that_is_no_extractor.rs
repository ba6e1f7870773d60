use agent_runtime::prelude::*;

#[editor_agent]
async fn greet(_count: &u32) {} //~ [u32] `u32` is not something an editor agent can ask for

fn main() {}
