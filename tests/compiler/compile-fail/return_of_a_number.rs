use agent_runtime::prelude::*;

#[editor_agent]
async fn greet() -> u32 { //~ [u32] `u32` is not an answer an editor agent can give
    1
}

fn main() {}
