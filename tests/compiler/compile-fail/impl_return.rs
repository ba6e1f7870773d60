use agent_runtime::prelude::*;

#[editor_agent]
async fn greet() -> impl Into<String> { //~ [impl] an editor agent returns one type
    "Hello."
}

fn main() {}
