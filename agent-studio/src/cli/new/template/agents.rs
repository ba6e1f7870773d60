//! Editor agents. Each function is served at a path with its name.

use agent_runtime::prelude::*;

/// Returns the current frame and the number of selected objects. It makes no request to the platform.
#[editor_agent]
async fn where_am_i(frame: Frame, objects: ObjectHashes) -> Result<String> {
    ensure!(!objects.is_empty(), "Select an object first.");
    Ok(format!("Frame {frame}, {} selected.", objects.len()))
}

/// Simplifies the selected polygons. The label row is saved once, if the agent succeeds and something changed. Changes that others
/// saved meanwhile are merged.
#[editor_agent(on_conflict = "merge")]
async fn simplify_polygons(frame: Frame, selected: Selected<Polygon>, row: &mut LabelRow) -> Result<String> {
    ensure!(!selected.is_empty(), "Select the polygons to simplify.");
    let mut removed = 0;
    for polygon in &selected {
        removed += row.edit(polygon)?.at(frame)?.simplify(0.002)?;
    }
    Ok(format!("{removed} vertices removed."))
}

#[agent_runtime::main]
async fn main() -> Result<()> {
    Ok(agent_runtime::serve().await?)
}

#[cfg(test)]
mod tests {
    use agent_runtime::testing::{TestClient, payload};
    use agent_studio::testing::TestProject;

    use super::*;

    #[tokio::test]
    async fn counts_selection_and_rejects_empty_one() {
        let client = TestClient::new(agents![where_am_i]).unwrap();
        let response = client.call("/where-am-i", &payload().on_frame(7).with_objects(["a1B2c3D4"])).await;
        response.assert_message("Frame 7, 1 selected.");
        client.call("/where-am-i", &payload()).await.assert_error(400, "Select an object first.");
    }

    /// Runs on a copy of the sample project, on a local platform inside the test.
    #[tokio::test]
    async fn simplifies_selected_polygons() -> Result<(), Box<dyn std::error::Error>> {
        let project = TestProject::sample().await?;
        let client = TestClient::new(Server::new().agents(agents![simplify_polygons]).platform(project.client()?))?;
        let outlines = project.data("espresso.jpg")?.select("Item outline")?;
        client.call("/simplify-polygons", &outlines).await.assert_message("2256 vertices removed.");
        // One line for each change, also for snapshots.
        assert_eq!(project.changes("espresso.jpg")?.to_string().lines().count(), 3);
        Ok(())
    }
}
