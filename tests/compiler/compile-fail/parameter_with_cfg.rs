use agent_runtime::prelude::*;

#[editor_agent]
async fn greet(#[cfg(unix)] _frame: Frame) {} //~ [#[cfg(unix)]] a parameter of an editor agent is always there

fn main() {}
