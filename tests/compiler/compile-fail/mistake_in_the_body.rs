use agent_runtime::prelude::*;

#[editor_agent]
async fn greet(frame: Frame) {
    let _text: &str = frame; //~ [frame] mismatched types
}

fn main() {}
