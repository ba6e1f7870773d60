use agent_runtime::prelude::*;

#[editor_agent]
async fn greet(_payload: &AgentPayload) -> &str { //~ [&] an editor agent's answer outlives the call
    "Hello."
}

fn main() {}
