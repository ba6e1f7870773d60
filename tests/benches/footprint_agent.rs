//! The smallest agent, for benchmarks of size, memory and start.

use agent_runtime::prelude::*;

#[editor_agent]
async fn nothing() {}

#[agent_runtime::main]
async fn main() -> Result<()> {
    Ok(agent_runtime::serve().await?)
}
