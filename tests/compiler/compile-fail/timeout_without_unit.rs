use agent_runtime::prelude::*;

#[editor_agent(timeout = "30")] //~ ["30"] `30` is not a duration: write a whole number and a unit
async fn greet() {}

fn main() {}
