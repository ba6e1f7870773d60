use agent_runtime::prelude::*;

#[editor_agent]
struct Greeting; //~ [struct] `#[editor_agent]` goes on an `async fn`, and this is a struct

fn main() {}
