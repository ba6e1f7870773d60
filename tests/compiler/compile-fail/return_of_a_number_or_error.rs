use agent_runtime::prelude::*;

#[editor_agent]
async fn greet() -> Result<u32> { //~ [Result<u32>] `u32` is not an answer an editor agent can give
    Ok(1)
}

fn main() {}
