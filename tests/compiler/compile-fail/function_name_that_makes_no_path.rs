use agent_runtime::prelude::*;

#[editor_agent]
async fn metrics() {} //~ [metrics] this function's name makes no path, so give one with `path = "..."`

fn main() {}
