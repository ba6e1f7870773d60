use agent_runtime::prelude::*;

#[editor_agent]
async fn greet<const N: usize>() {} //~ [const N: usize] an editor agent has no generic parameters or lifetimes

fn main() {}
