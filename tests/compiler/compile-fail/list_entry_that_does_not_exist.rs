use agent_runtime::prelude::*;

#[editor_agent]
async fn greet() {}

fn main() {
    let _ = agents![validate]; //~ [validate] unresolved import `validate`
}
