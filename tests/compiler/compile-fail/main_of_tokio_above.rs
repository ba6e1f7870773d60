use agent_runtime::prelude::*;

#[tokio::main]
#[agent_runtime::main]
async fn main() -> Result<()> { //~ [fn] `#[agent_runtime::main]` starts the runtime by itself: remove `#[tokio::main]`
    Ok(agent_runtime::serve().await?)
}
