use agent_runtime::prelude::*;

#[editor_agent]
async fn simplify(_frame: Option<u32>, _row: &LabelRow) {} //~ [Option<u32>] `Option<u32>` is not something an editor agent can ask for

fn main() {}
