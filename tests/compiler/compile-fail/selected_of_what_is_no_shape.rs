use agent_runtime::prelude::*;

#[editor_agent]
async fn check(_selected: Selected<Frame>) {} //~ [Selected<Frame>] `agent_runtime::Frame` is not a shape that objects can have

fn main() {}
