use agent_runtime::prelude::*;

#[editor_agent(concurency = 8)] //~ [concurency] did you mean `concurrency`?
async fn greet() {}

fn main() {}
