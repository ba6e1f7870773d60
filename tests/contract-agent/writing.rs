//! Agents for each write to the platform.

use agent_runtime::agent_platform::client::StorageItemPatch;
use agent_runtime::prelude::*;
use serde_json::value::to_raw_value;
use serde_json::{Map, Value};

/// Adds a vehicle in the middle of the frame.
#[editor_agent]
async fn add_box(frame: Frame, row: &mut LabelRow) -> Result<String> {
    let vehicle = row.add("Vehicle").bounding_box(0.25, 0.25, 0.5, 0.5).confidence(0.8).automatic().on(frame)?;
    Ok(format!("Added {}", vehicle.hash()))
}

/// Adds `seen` to the metadata of the storage item.
#[editor_agent]
async fn update_metadata(item: &StorageItem, platform: PlatformClient) -> Result<()> {
    let mut metadata: Map<String, Value> = serde_json::from_str(item.client_metadata.as_deref().unwrap_or("{}"))?;
    metadata.insert("seen".to_owned(), true.into());
    let patch = StorageItemPatch { client_metadata: Some(to_raw_value(&metadata)?), ..StorageItemPatch::default() };
    platform.update_storage_item(item.parent, item.uuid, &patch).await?;
    Ok(())
}

/// Sets the priority of the task to 0.9.
#[editor_agent]
async fn set_priority(project: ProjectHash, data: DataHash, platform: PlatformClient) -> Result<()> {
    Ok(platform.set_priorities(project, &[(data, 0.9)]).await?)
}

/// Completes the task. The platform completes label rows, so `&mut` creates a missing one.
#[editor_agent]
async fn complete(project: ProjectHash, row: &mut LabelRow, platform: PlatformClient) -> Result<()> {
    Ok(platform.complete(project, &[&*row]).await?)
}
