use agent_runtime::prelude::*;

#[editor_agent(pth = "/greet")] //~ [pth] `#[editor_agent]` has no key `pth`: did you mean `path`?
async fn greet() {}

fn main() {}
