use agent_runtime::prelude::*;

#[editor_agent]
async fn greet(frame Frame) {} //~ [Frame] expected one of `:`, `@`, or `|`, found `Frame`

fn main() {}
