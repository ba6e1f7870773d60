use agent_runtime::prelude::*;

#[editor_agent]
async fn greet() -> Result<(), String> { //~ [Result<(), String>] `String` is not an error an editor agent can fail with
    Err("No.".to_owned())
}

fn main() {}
