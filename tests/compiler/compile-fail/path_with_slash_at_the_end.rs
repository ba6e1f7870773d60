use agent_runtime::prelude::*;

#[editor_agent(path = "/greet/")] //~ ["/greet/"] a path does not end with `/`: write `/greet`
async fn greet() {}

fn main() {}
