use agent_runtime::prelude::*;

#[editor_agent]
async extern "C" fn greet() {} //~ [extern "C"] an editor agent is called by the server only, without `extern`

fn main() {}
