use agent_runtime::prelude::*;

#[editor_agent]
async fn greet(frame) {} //~ [)] expected one of `:`, `@`, or `|`, found `)`

fn main() {
    let _ = agents![greet];
}
