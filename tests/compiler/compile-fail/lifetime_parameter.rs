use agent_runtime::prelude::*;

#[editor_agent]
async fn greet<'a>(_payload: AgentPayload, _headers: HeaderMap) -> &'a str { //~ ['a] an editor agent has no generic parameters or lifetimes
    "Hello."
}

fn main() {}
