use agent_runtime::prelude::*;

#[editor_agent(on_conflict = refuse)] //~ [refuse] `on_conflict` is one of `"refuse"`, `"retry"` and `"merge"`: did you mean `"refuse"`?
async fn check(_row: &mut LabelRow) {}

fn main() {}
