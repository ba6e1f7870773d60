use agent_runtime::prelude::*;

#[editor_agent("/greet")] //~ ["/greet"] a value needs its key: write `path = "/greet"`
async fn greet() {}

fn main() {}
