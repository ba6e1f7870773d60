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

    use super::*;

    #[tokio::test]
    async fn counts_selection_and_rejects_empty_one() {
        let client = TestClient::new(agents![where_am_i]).unwrap();
        let answer = client.call("/where-am-i", &payload().on_frame(7).with_objects(["a1B2c3D4"])).await;
        assert_eq!(answer.message(), Some("Frame 7, 1 selected."));
        let answer = client.call("/where-am-i", &payload()).await;
        assert_eq!((answer.status().as_u16(), answer.message()), (400, Some("Select an object first.")));
    }
}
