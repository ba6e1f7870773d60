use agent_runtime::prelude::*;

#[editor_agent]
async fn count(_row: Option<&mut LabelRow>) {} //~ [Option<&mut LabelRow>] `&mut LabelRow` creates a missing one

fn main() {}
