use agent_runtime::prelude::*;

#[editor_agent]
async fn greet(_pool: State) {} //~ [State] missing generics for struct `agent_runtime::State`

fn main() {}
