use agent_runtime::prelude::*;

#[editor_agent(on_conflict = "overwrite")] //~ ["overwrite"] `on_conflict` is one of `"refuse"`, `"retry"` and `"merge"`
async fn check(_row: &mut LabelRow) {}

fn main() {}
