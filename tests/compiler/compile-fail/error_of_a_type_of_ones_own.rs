use agent_runtime::prelude::*;

struct NoLabels;

#[editor_agent]
async fn greet() -> Result<AgentResponse, NoLabels> { //~ [Result<AgentResponse, NoLabels>] `NoLabels` is not an error an editor agent can fail with
    Err(NoLabels)
}

fn main() {}
