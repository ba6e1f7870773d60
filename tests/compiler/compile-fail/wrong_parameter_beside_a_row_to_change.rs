use agent_runtime::prelude::*;

#[editor_agent]
async fn simplify(_frame: u32, _row: &mut LabelRow) {} //~ [u32] `u32` is not something an editor agent can ask for

fn main() {}
