//! An agent that works on a stage for 5 ms a task, as a program.

use std::time::Duration;

use agent_runtime::prelude::*;

/// Adds a vehicle.
#[editor_agent(stage = "Pre-label", pathway = "done", concurrency = 1024)]
async fn pre_label(frame: Frame, row: &mut LabelRow) -> Result<()> {
    tokio::time::sleep(Duration::from_millis(5)).await;
    row.add("Vehicle").bounding_box(0.25, 0.25, 0.5, 0.5).on(frame)?;
    Ok(())
}

#[agent_runtime::main]
async fn main() -> Result<()> {
    Ok(agent_runtime::serve().await?)
}
