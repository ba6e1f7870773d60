//! The smallest agent that answers something.

use agent_runtime::prelude::*;

/// Says which frame you are on and how much is selected.
#[editor_agent]
async fn hello(frame: Frame, objects: ObjectHashes) -> String {
    let selected = match objects.len() {
        0 => "nothing is selected".to_owned(),
        1 => "1 object is selected".to_owned(),
        n => format!("{n} objects are selected"),
    };
    format!("Hello! You are on frame {frame}, and {selected}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn counts_what_is_selected() {
        let said = hello(Frame(3), ObjectHashes::of(["a", "b"])).await;
        assert_eq!(said, "Hello! You are on frame 3, and 2 objects are selected.");
        assert!(hello(Frame(0), ObjectHashes::absent()).await.ends_with("nothing is selected."));
    }
}
