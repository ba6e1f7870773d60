use agent_runtime::prelude::*;

#[editor_agent(signature = "off", replay = "refuse")] //~ [replay] with `signature = "off"` no call can be told from another: remove one of them
async fn agent() {}

fn main() {}
