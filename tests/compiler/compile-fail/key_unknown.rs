use agent_runtime::prelude::*;

#[editor_agent(method = "POST")] //~ [method] has no key `method`: use one of `path`, `name`, `description`, `timeout`
async fn greet() {}

fn main() {}
