use agent_runtime::prelude::*;

#[editor_agent]
async fn greet(objects: ObjectHashes) -> std::io::Result<()> {
    ensure!(!objects.is_empty(), "Select an object first."); //~ ["Select an object first."] which does not convert to `std::io::Error`
    Ok(())
}

fn main() {}
