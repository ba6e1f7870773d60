//! An issue and its parts.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::identity::derived;

/// An issue, as in the listing and in `state.json` (contract: `docs/contract/endpoints.md#issues`).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Issue {
    pub(super) uuid: Uuid,
    #[serde(rename = "type")]
    pub(super) anchor_type: AnchorType,
    pub(super) data_uuid: String,
    #[serde(default)]
    pub(super) space_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) frame_index: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) coordinate: Option<Coordinate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) annotation_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) frame_ranges: Option<Vec<FrameRange>>,
    pub(super) comments: Vec<Comment>,
    pub(super) tags: Vec<Tag>,
    pub(super) resolution_history: Vec<Resolution>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum AnchorType {
    DataUnit,
    Frame,
    FrameCoordinate,
    SceneCoordinate,
    FrameRange,
    Annotation,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Coordinate {
    pub(super) x: f64,
    pub(super) y: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) z: Option<f64>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct FrameRange {
    pub(super) start: u64,
    pub(super) end: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Comment {
    pub(super) content: String,
    pub(super) author_email: String,
    pub(super) created_at: String,
}

/// A tag of issues.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Tag {
    pub(super) name: String,
    pub(super) uuid: Uuid,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Resolution {
    pub(super) is_resolved: bool,
    pub(super) created_at: String,
    pub(super) actor_email: Option<String>,
}

impl Tag {
    pub(super) fn new(name: &str) -> Self {
        Self { name: name.to_owned(), uuid: derived("issue tags", name) }
    }
}

impl Issue {
    /// Returns a text that sorts issues by their time of creation.
    pub(super) fn sort_name(&self) -> String {
        let created = self.comments.first().map(|comment| comment.created_at.as_str()).unwrap_or_default();
        format!("{created} {}", self.uuid)
    }
}
