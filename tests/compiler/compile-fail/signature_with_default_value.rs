use agent_runtime::prelude::*;

#[editor_agent]
async fn greet(_frame: Frame = Frame(0)) {} //~ [= Frame(0)] parameter defaults are not supported

fn main() {}
