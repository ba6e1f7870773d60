use agent_runtime::prelude::*;

#[editor_agent]
async fn simplify(_row: &'a mut LabelRow) {} //~ ['a] write the reference without a lifetime

fn main() {}
