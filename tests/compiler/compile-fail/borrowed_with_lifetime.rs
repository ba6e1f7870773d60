use agent_runtime::prelude::*;

#[editor_agent]
async fn greet(_payload: &'static AgentPayload) {} //~ ['static] write the reference without a lifetime

fn main() {}
