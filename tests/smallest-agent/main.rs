//! The smallest agent, for tests of processes, sockets, signals and images.

use agent_runtime::prelude::*;

#[editor_agent]
async fn nothing() {}

#[agent_runtime::main]
async fn main() -> Result<()> {
    Ok(agent_runtime::serve().await?)
}
