use agent_runtime::prelude::*;

struct Pool;

#[editor_agent]
async fn greet(_pool: State<Pool>) {} //~ [State<Pool>] `Pool` cannot be application state

fn main() {}
