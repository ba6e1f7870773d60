use agent_runtime::prelude::*;

#[editor_agent]
async fn simplify() {}

fn main() {
    let _ = agents![simplify, |frame: Frame, hashes: ObjectHashes| frame]; //~ [|] an agent is a function, not a closure: write an `async fn` with `#[editor_agent]`, and list its name
}
