use agent_runtime::prelude::*;

#[editor_agent(method = "POST")] //~ [method] has no key `method`: the keys are `path`, `name`, `description`, `timeout`
async fn greet() {}

fn main() {}
