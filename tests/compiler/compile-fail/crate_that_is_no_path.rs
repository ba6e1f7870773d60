use agent_runtime::prelude::*;

#[editor_agent(crate = 1)] //~ [1] `crate` takes the path of a crate: write `crate = some::path`
async fn greet() {}

fn main() {}
