use agent_runtime::prelude::*;

#[editor_agent(on_conflict = "overwrite")] //~ ["overwrite"] `on_conflict` is either `"retry"` or `"refuse"`
async fn check(_row: &mut LabelRow) {}

fn main() {}
