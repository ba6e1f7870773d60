#[agent_runtime::main]
async fn main() -> Result<(), String> { //~ [Result<(), String>] `String` is not an error
    Ok(())
}
