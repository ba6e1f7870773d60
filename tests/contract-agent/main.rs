//! An agent server with the routes and answers that were recorded of the Python package.

use agent_runtime::prelude::*;

/// Answers nothing.
#[editor_agent]
async fn nothing(_payload: AgentPayload) {}

#[agent_runtime::main]
async fn main() -> Result<()> {
    Ok(agent_runtime::serve().await?)
}
