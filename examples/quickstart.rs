//! The first agent of the README. To run it as a separate program: `cargo run -p agent-examples --bin quickstart`.

use agent_runtime::prelude::*;

/// Complains if nothing is selected, and counts otherwise.
#[editor_agent]
async fn count_selected(frame: Frame, objects: ObjectHashes) -> Result<AgentResponse> {
    ensure!(!objects.is_empty(), "Select an object first.");
    Ok(AgentResponse::message(format!("Selected on frame {frame}: {}.", objects.len())))
}

#[agent_runtime::main]
async fn main() -> Result<()> {
    Ok(agent_runtime::serve().await?)
}
