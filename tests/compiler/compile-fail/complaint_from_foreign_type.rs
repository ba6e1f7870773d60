use agent_runtime::prelude::*;

struct NoLabels;

fn labels() -> Result<u32, NoLabels> {
    Err(NoLabels)
}

#[editor_agent]
async fn greet() -> Result<String> {
    let labels = labels().or_complain("There are no labels.")?; //~ [labels()] `NoLabels` is not an error an editor agent can fail with
    Ok(labels.to_string())
}

fn main() {}
