use agent_runtime::prelude::*;

#[editor_agent(on_conflict)] //~ [on_conflict] `on_conflict` needs a value: `"refuse"` or `"retry"` or `"merge"`
async fn check(_row: &mut LabelRow) {}

fn main() {}
