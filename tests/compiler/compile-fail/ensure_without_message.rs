use agent_runtime::prelude::*;

#[editor_agent]
async fn greet(objects: ObjectHashes) -> Result<()> {
    ensure!(!objects.is_empty()); //~ [!objects.is_empty()] `ensure!` needs the sentence for the annotator: write `ensure!(condition,
    Ok(())
}

fn main() {}
