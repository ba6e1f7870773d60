use agent_runtime::prelude::*;

#[editor_agent(state)] //~ [state] `#[editor_agent]` has no key `state`: use one of
async fn count() {}

fn main() {}
