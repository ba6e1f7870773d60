use agent_runtime::prelude::*;

async fn greet() {}

fn main() {
    let _ = agents![greet]; //~ [greet] this is not an editor agent
}
