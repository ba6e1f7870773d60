use std::rc::Rc;

use agent_runtime::prelude::*;

async fn pause() {}

#[editor_agent]
async fn greet() -> String { //~ [greet] future cannot be sent between threads safely
    let name = Rc::new("annotator");
    pause().await;
    format!("Hello, {name}.")
}

fn main() {}
