use agent_runtime::prelude::*;

#[editor_agent = "/count"] //~ [#[editor_agent = "/count"]] key-value macro attributes are not supported
async fn count() {}

fn main() {}
