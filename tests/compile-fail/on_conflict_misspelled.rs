use agent_runtime::prelude::*;

#[editor_agent(on_conflict = "rety")] //~ ["rety"] `on_conflict` is either `"retry"` or `"refuse"`: did you mean `"retry"`?
async fn check(_row: &mut LabelRow) {}

fn main() {}
