use agent_runtime::prelude::*;

#[editor_agent]
async fn greet(_frame: &mut Frame) {} //~ [Frame] `agent_runtime::Frame` cannot be lent to an editor agent with `&mut`

fn main() {}
