use agent_runtime::prelude::*;

#[editor_agent(on_conflict = refuse)] //~ [refuse] `on_conflict` is either `"retry"` or `"refuse"`: did you mean `"refuse"`?
async fn check(_row: &mut LabelRow) {}

fn main() {}
