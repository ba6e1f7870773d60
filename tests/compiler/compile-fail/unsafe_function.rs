use agent_runtime::prelude::*;

#[editor_agent]
async unsafe fn greet() {} //~ [unsafe] an editor agent cannot be `unsafe`

fn main() {}
