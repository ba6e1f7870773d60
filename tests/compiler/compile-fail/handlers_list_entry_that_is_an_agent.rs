use agent_runtime::handlers;
use agent_runtime::prelude::*;

#[editor_agent]
async fn greet() {}

fn main() {
    let _ = handlers![greet]; //~ [greet] this is not a notification handler
}
