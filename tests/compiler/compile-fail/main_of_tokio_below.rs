use agent_runtime::prelude::*;

#[agent_runtime::main]
#[tokio::main] //~ [#[tokio::main]] `#[agent_runtime::main]` starts the runtime by itself: remove this attribute
async fn main() -> Result<()> {
    Ok(agent_runtime::serve().await?)
}
