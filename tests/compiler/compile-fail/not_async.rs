use agent_runtime::prelude::*;

async fn sentence() -> String {
    "Hello.".to_owned()
}

#[editor_agent]
fn greet(_frame: Frame) -> String { //~ [fn] an editor agent is async: write `async fn greet`
    sentence().await
}

fn main() {}
