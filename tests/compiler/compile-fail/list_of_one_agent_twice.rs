use agent_runtime::prelude::*;

#[editor_agent]
async fn greet() {}

#[editor_agent]
async fn check() {}

fn main() {
    let _ = agents![greet, check, greet]; //~ [greet] `greet` is listed twice: remove one
}
