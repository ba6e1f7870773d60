use agent_runtime::prelude::*;

#[editor_agent("/count")] //~ ["/count"] a value needs its key: write `path = "/count"`
async fn count() {}

fn main() {}
