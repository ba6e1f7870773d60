use agent_runtime::prelude::*;

#[editor_agent(on_conflict = "rety")] //~ ["rety"] `on_conflict` is one of `"refuse"`, `"retry"` and `"merge"`: did you mean `"retry"`?
async fn check(_row: &mut LabelRow) {}

fn main() {}
