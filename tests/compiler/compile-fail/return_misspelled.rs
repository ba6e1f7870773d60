use agent_runtime::prelude::*;

#[editor_agent]
async fn greet() -> Result<AgentResponce> { //~ [AgentResponce] cannot find type `AgentResponce` in this scope
    todo!()
}

fn main() {}
