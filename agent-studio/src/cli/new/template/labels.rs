//! An agent on the labels of a project. `ontology!` makes a type for each class of `ontology.json`.

use agent_runtime::prelude::*;

ontology!("ontology.json");

/// Counts the objects of one class on the frame.
#[editor_agent]
async fn count_objects(found: FrameObjects<{{class}}>) -> String {
    format!("{} × {} on this frame.", found.len(), {{class}}::TITLE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn counts_objects_of_class() {
        let response = count_objects(FrameObjects::new([])).await;
        assert_eq!(response, format!("0 × {} on this frame.", {{class}}::TITLE));
    }
}
