use agent_runtime::prelude::*;

#[agent_runtime::main]
fn main() -> Result<()> { //~ [fn] `main` is async under `#[agent_runtime::main]`: write `async fn main`
    Ok(agent_runtime::serve().await?)
}
