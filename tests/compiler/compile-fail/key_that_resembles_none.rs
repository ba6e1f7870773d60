use agent_runtime::prelude::*;

#[editor_agent(database)] //~ [database] `#[editor_agent]` has no key `database`: use one of
async fn count() {}

fn main() {}
