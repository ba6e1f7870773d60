use agent_runtime::prelude::*;

#[editor_agent(path = "https://agents.example.com/count")] //~ ["https://agents.example.com/count"] write `/count`
async fn count() {}

fn main() {}
