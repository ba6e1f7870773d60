use agent_runtime::prelude::*;

#[editor_agent(on_conflict = "retry")] //~ [on_conflict] an agent without a `&mut` parameter saves nothing that could conflict
async fn check(_row: &LabelRow, _frame: Frame) {}

fn main() {}
