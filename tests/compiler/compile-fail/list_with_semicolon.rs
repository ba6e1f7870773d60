use agent_runtime::prelude::*;

#[editor_agent]
async fn simplify() {}

#[editor_agent]
async fn check() {}

fn main() {
    let _ = agents![simplify; check]; //~ [;] write `,` instead of `;`
}
