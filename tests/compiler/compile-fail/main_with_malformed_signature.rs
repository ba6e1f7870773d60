#[agent_runtime::main]
async fn main(arguments) -> Result<()> { //~ [)] expected one of `:`, `@`, or `|`, found `)`
    Ok(agent_runtime::serve().await?)
}
