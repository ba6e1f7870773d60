use agent_runtime::prelude::*;

enum Verdict {
    Approve,
}

#[editor_agent]
async fn greet() -> AgentResponse<Verdict> { //~ [AgentResponse<Verdict>] `Verdict` is not a decision an editor agent can make
    AgentResponse::empty().decide(Verdict::Approve)
}

fn main() {}
