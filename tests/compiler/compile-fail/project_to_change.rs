use agent_runtime::prelude::*;

#[editor_agent]
async fn check(_project: &mut Project) {} //~ [Project] `agent_runtime::Project` cannot be lent to an editor agent with `&mut`

fn main() {}
