use agent_runtime::prelude::*;

#[editor_agent]
async fn greet(_frame: Option<Frme>) {} //~ [Frme] cannot find type `Frme` in this scope

fn main() {}
