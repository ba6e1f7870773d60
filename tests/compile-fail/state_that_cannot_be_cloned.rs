use agent_runtime::prelude::*;

struct Pool;

#[editor_agent]
async fn greet(_pool: State<Pool>) {} //~ [State<Pool>] the trait bound `Pool: Clone` is not satisfied

fn main() {}
