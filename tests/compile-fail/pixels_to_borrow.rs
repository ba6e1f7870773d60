use agent_runtime::prelude::*;

#[editor_agent]
async fn describe(_frame: &FramePixels) {} //~ [FramePixels] `agent_runtime::FramePixels` cannot be lent to an editor agent

fn main() {}
