use agent_runtime::prelude::*;

#[editor_agent]
async fn greet(_frame: &Frame) {} //~ [Frame] `agent_runtime::Frame` cannot be lent to an editor agent with `&`

fn main() {}
