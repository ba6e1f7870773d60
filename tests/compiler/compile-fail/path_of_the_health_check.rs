use agent_runtime::prelude::*;

#[editor_agent(path = "/healthz")] //~ ["/healthz"] `/healthz` is the server's own path
async fn greet() {}

fn main() {}
