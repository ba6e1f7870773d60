//! Serves every example agent: `cargo run`, then open what it prints.

mod hello;
mod triage;

use agent_runtime::prelude::*;

#[agent_runtime::main]
async fn main() -> Result<()> {
    Ok(agent_runtime::serve().await?)
}
