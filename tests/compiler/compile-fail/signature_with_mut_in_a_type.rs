use agent_runtime::prelude::*;

#[editor_agent]
async fn simplify(_row: mut LabelRow) {} //~ [mut] expected type, found keyword `mut`

fn main() {}
