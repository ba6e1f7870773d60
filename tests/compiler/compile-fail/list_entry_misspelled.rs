use agent_runtime::prelude::*;

#[editor_agent]
async fn simplify() {}

fn main() {
    let _ = agents![simplfy]; //~ [simplfy] cannot find macro `simplfy` in this scope
}
