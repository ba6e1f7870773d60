//! Editor agents: each is a function, served at its name.

use agent_runtime::prelude::*;

/// Says where the annotator is and what is selected. It needs nothing from the platform.
#[editor_agent]
async fn where_am_i(frame: Frame, objects: ObjectHashes) -> Result<String> {
    ensure!(!objects.is_empty(), "Select an object first.");
    Ok(format!("Frame {frame}, {} selected.", objects.len()))
}

/// Simplifies the selected polygons. The label row is saved once, if the agent succeeds and something changed.
#[editor_agent]
async fn simplify_polygons(frame: Frame, selected: Selected<Polygon>, row: &mut LabelRow) -> Result<String> {
    ensure!(!selected.is_empty(), "Select the polygons to simplify.");
    let mut removed = 0;
    for polygon in &selected {
        removed += row.edit(polygon.hash())?.at(frame)?.simplify(0.002)?;
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
    async fn a_selection_is_counted_and_asked_for() {
        let client = TestClient::new(agents![where_am_i]).unwrap();
        let answer = client.call("/where-am-i", &payload().on_frame(7).with_objects(["a1B2c3D4"])).await;
        assert_eq!(answer.message(), Some("Frame 7, 1 selected."));
        let answer = client.call("/where-am-i", &payload()).await;
        assert_eq!((answer.status().as_u16(), answer.message()), (400, Some("Select an object first.")));
    }
}
