use agent_runtime::prelude::*;

#[editor_agent]
async fn check(row: Annotated<LabelRow, Depends(label_row)>) {} //~ [Annotated<LabelRow, Depends(label_row)>] write `LabelRow` without `Annotated`

fn main() {}
