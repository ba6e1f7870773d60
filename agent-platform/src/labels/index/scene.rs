//! The keys that a scene's images have in the data unit.

use crate::json::{Tree, member, string, unsigned};

use super::SpaceRecord;

/// Every key that stands for a space: its id, and its stream with its first frame or its number (contract:
/// `docs/contract/label-format.md#frame-scenes`).
pub(crate) fn space_of_key(tree: &Tree, space: &SpaceRecord) -> Vec<String> {
    let mut keys = vec![space.id.to_string()];
    let info = space.node.and_then(|node| tree.member(node, "scene_info")).map(|info| tree.text(info));
    if let Some(info) = info
        && let Some(stream) = member(info, "stream_id").and_then(string)
    {
        for number in ["start_frame", "event_index"] {
            if let Some(number) = member(info, number).and_then(unsigned) {
                keys.push(format!("{stream}#{number}"));
            }
        }
    }
    keys
}

/// The key that a new blob of a scene's image gets in the data unit.
pub(crate) fn key_of_space(tree: &Tree, space: &SpaceRecord) -> String {
    space_of_key(tree, space).into_iter().nth(1).unwrap_or_else(|| space.id.to_string())
}
