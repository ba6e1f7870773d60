use agent_runtime::prelude::*;

#[editor_agent]
async fn simplify() {}

fn main() {
    let _ = agents![&simplify]; //~ [&] an agent is listed by its path: remove `&`
}
