use agent_runtime::prelude::*;

#[editor_agent]
const fn greet() {} //~ [const] an editor agent cannot be `const`: write `async fn greet`

fn main() {}
