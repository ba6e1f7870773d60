use agent_runtime::prelude::*;

#[derive(Decisions)]
enum Verdict {
    Approve,
}

#[editor_agent]
async fn triage() -> AgentResponse {
    AgentResponse::message("Fine.").decide(Verdict::Approve) //~ [Verdict::Approve] a decision of the type `Verdict` cannot be in an `AgentResponse<AnyDecision>`
}

fn main() {}
