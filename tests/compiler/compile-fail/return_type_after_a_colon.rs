use agent_runtime::prelude::*;

#[editor_agent]
async fn count(frame: Frame): String { //~ [:] return types are denoted using `->`
    frame.to_string()
}

fn main() {}
