use agent_runtime::prelude::*;

#[editor_agent]
async fn greet(Frame) {} //~ [)] expected one of `:`, `@`, or `|`, found `)`

fn main() {
    let _ = agents![greet];
}
