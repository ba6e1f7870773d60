//! Agents that add one box each, and return its object hash.

use agent_runtime::prelude::*;

fn add_box(frame: Frame, row: &mut LabelRow) -> Result<String> {
    Ok(row.add("Vehicle").bounding_box(0.1, 0.1, 0.2, 0.2).on(frame)?.hash().to_string())
}

#[editor_agent]
async fn write_or_reject(frame: Frame, row: &mut LabelRow) -> Result<String> {
    add_box(frame, row)
}

#[editor_agent(on_conflict = "retry")]
async fn write_or_retry(frame: Frame, row: &mut LabelRow) -> Result<String> {
    add_box(frame, row)
}

#[editor_agent(on_conflict = "merge")]
async fn write_or_merge(frame: Frame, row: &mut LabelRow) -> Result<String> {
    add_box(frame, row)
}

#[editor_agent]
async fn write_by_value(call: EditorCall, frame: Frame, mut row: LabelRow) -> Result<String> {
    let hash = add_box(frame, &mut row)?;
    call.save(&mut row).await?;
    Ok(hash)
}
