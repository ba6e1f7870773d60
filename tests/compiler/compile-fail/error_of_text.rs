use agent_runtime::prelude::*;

#[editor_agent]
async fn greet() -> Result<(), String> { //~ [String] return `Result<_>` instead, and use `bail!("...")`
    Err("No.".to_owned())
}

fn main() {}
