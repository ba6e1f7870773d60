use agent_runtime::prelude::*;

#[editor_agent]
async fn simplify() {}

fn main() {
    let _ = agents!["/simple" => simplify]; //~ ["/simple" => simplify] write `#[editor_agent(path = "/simple")]`, and list `simplify`
}
