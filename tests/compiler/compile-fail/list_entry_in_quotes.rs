use agent_runtime::prelude::*;

#[editor_agent]
async fn simplify() {}

fn main() {
    let _ = agents!["simplify"]; //~ ["simplify"] an agent is listed by the path of its function: write `agents![simplify]`
}
