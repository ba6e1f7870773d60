use agent_runtime::prelude::*;

#[editor_agent(timeout = "0s")] //~ ["0s"] a time-out of zero lets no call finish
async fn greet() {}

fn main() {}
