use agent_runtime::prelude::*;

#[editor_agent]
unsafe extern "C" { //~ [unsafe] `#[editor_agent]` goes on an `async fn`, and this is an extern block
    fn greet();
}

fn main() {}
