use agent_runtime::prelude::*;

#[editor_agent]
async fn greet(frames: ...) {} //~ [frames: ...] an editor agent has a fixed number of parameters

fn main() {}
