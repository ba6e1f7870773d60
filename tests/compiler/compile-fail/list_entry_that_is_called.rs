use agent_runtime::prelude::*;

#[editor_agent]
async fn greet() {}

fn main() {
    let _ = agents![greet()]; //~ [()] an agent is listed, not called: write just its path
}
