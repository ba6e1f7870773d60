//! Data units of a project, with their tasks and label rows.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::clock::Moment;
use crate::media::{MediaFacts, MediaKind};

use super::issue::Issue;

/// The default branch.
pub(crate) const MAIN: &str = "main";
/// The initial priority of tasks.
pub(crate) const DEFAULT_PRIORITY: f64 = 0.5;

/// A data unit with its task and its label rows.
#[derive(Debug, Clone)]
pub(crate) struct Data {
    pub(crate) hash: String,
    pub(crate) title: String,
    pub(crate) kind: MediaKind,
    pub(crate) item: Uuid,
    pub(crate) facts: MediaFacts,
    pub(crate) images: Vec<Image>,
    /// Members of the listing entry that override the computed ones: a JSON object.
    pub(crate) listing: Option<String>,
    pub(crate) stage: Uuid,
    pub(crate) task: Uuid,
    pub(crate) task_changed: Moment,
    pub(crate) status: TaskStatus,
    /// E-mail address of the task's assignee.
    pub(crate) assignee: Option<String>,
    pub(crate) priority: f64,
    pub(crate) last_actioned_by: Option<String>,
    /// Issues, oldest first.
    pub(crate) issues: Vec<Issue>,
    /// Label rows by branch.
    pub(crate) rows: BTreeMap<String, StoredRow>,
}

/// The status of a task in its stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum TaskStatus {
    #[default]
    New,
    Assigned,
    Released,
    Reopened,
    Completed,
}

impl TaskStatus {
    /// Returns the name in the API.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::New => "NEW",
            Self::Assigned => "ASSIGNED",
            Self::Released => "RELEASED",
            Self::Reopened => "REOPENED",
            Self::Completed => "COMPLETED",
        }
    }
}

/// An image of an image group.
#[derive(Debug, Clone)]
pub(crate) struct Image {
    pub(crate) hash: String,
    pub(crate) title: String,
    pub(crate) item: Uuid,
    pub(crate) facts: MediaFacts,
}

/// A stored label row: its document, and members that are read often.
#[derive(Debug, Clone)]
pub(crate) struct StoredRow {
    pub(crate) label_hash: String,
    pub(crate) edited: Option<Moment>,
    /// `created_at` of the document, unchanged.
    pub(crate) created_text: Option<String>,
    /// `last_edited_at` of the document, unchanged.
    pub(crate) edited_text: Option<String>,
    pub(crate) status: String,
    pub(crate) is_valid: bool,
    /// The complete document as JSON, without signed URLs.
    pub(crate) document: Arc<str>,
}

/// Returns the unsigned link of an image of an image group.
pub(crate) fn image_link(hash: &str) -> String {
    format!("local-images/{hash}")
}

impl Data {
    /// Returns the number of frames, slices, pages or images. For audio files returns the duration in milliseconds, and
    /// for texts the number of characters, because their labels are ranges of these units.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "durations are non-negative and below 2^52 ms"
    )]
    pub(crate) fn frames(&self) -> u64 {
        match self.kind {
            MediaKind::ImageGroup => self.images.len() as u64,
            MediaKind::Audio => {
                self.facts.frames.or(self.facts.duration.map(|seconds| (seconds * 1000.0).ceil() as u64)).unwrap_or(1)
            }
            MediaKind::PlainText => self.facts.frames.or(self.facts.characters).unwrap_or(1),
            _ => self.facts.frames.unwrap_or(1),
        }
    }

    /// Returns the unsigned link of a unit.
    pub(crate) fn link(&self, unit: &str) -> Option<String> {
        let kind = match self.kind {
            MediaKind::Group | MediaKind::Scene => return None,
            MediaKind::ImageGroup if unit == self.hash => return None,
            MediaKind::Image | MediaKind::ImageGroup => "images",
            MediaKind::Video => "videos",
            MediaKind::Audio => "audio",
            _ => "files",
        };
        Some(format!("local-{kind}/{unit}"))
    }

    /// Returns the storage item of a unit.
    pub(crate) fn item_of(&self, unit: &str) -> Option<Uuid> {
        match self.kind {
            MediaKind::ImageGroup => self.images.iter().find(|image| image.hash == unit).map(|image| image.item),
            MediaKind::Group | MediaKind::Scene => None,
            _ => Some(self.item),
        }
    }
}
