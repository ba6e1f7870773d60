use agent_runtime::prelude::*;

#[agent_runtime::main]
async fn main() -> Result<(), AgentEror> { //~ [AgentEror] cannot find type `AgentEror` in this scope
    Ok(())
}
