use agent_runtime::prelude::*;

#[editor_agent]
async fn greet(objects: ObjectHashes) {
    ensure!(!objects.is_empty(), "Select an object first."); //~ ["Select an object first."] `bail!` and `ensure!` return an error, and this function returns `()`
}

fn main() {}
