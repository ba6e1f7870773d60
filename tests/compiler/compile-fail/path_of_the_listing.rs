use agent_runtime::prelude::*;

#[editor_agent(path = "/")] //~ ["/"] `/` is the server's own path
async fn greet() {}

fn main() {}
