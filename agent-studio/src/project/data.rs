//! Data of a project: what is labelled, the task it is in, and its label rows.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::clock::Moment;
use crate::media::{MediaFacts, MediaKind};

/// The branch that every project has.
pub(crate) const MAIN: &str = "main";
/// The priority that tasks begin with.
pub(crate) const USUAL_PRIORITY: f64 = 0.5;

/// One row of the listing: data with its task and its label rows.
#[derive(Debug, Clone)]
pub(crate) struct Data {
    pub(crate) hash: String,
    pub(crate) title: String,
    pub(crate) kind: MediaKind,
    pub(crate) item: Uuid,
    pub(crate) facts: MediaFacts,
    pub(crate) images: Vec<Image>,
    /// Members of the listing's entry that stand in for those worked out here: a JSON object.
    pub(crate) listing: Option<String>,
    pub(crate) stage: Uuid,
    pub(crate) task: Uuid,
    pub(crate) task_changed: Moment,
    pub(crate) status: TaskStatus,
    /// The e-mail address of whoever the task waits for.
    pub(crate) assignee: Option<String>,
    pub(crate) priority: f64,
    pub(crate) last_actioned_by: Option<String>,
    /// By branch.
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
    /// The word of the wire.
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

/// An image of a group.
#[derive(Debug, Clone)]
pub(crate) struct Image {
    pub(crate) hash: String,
    pub(crate) title: String,
    pub(crate) item: Uuid,
    pub(crate) facts: MediaFacts,
}

/// A label row as it is kept: its document, and what is looked up often.
#[derive(Debug, Clone)]
pub(crate) struct StoredRow {
    pub(crate) label_hash: String,
    pub(crate) edited: Option<Moment>,
    /// As the document has them.
    pub(crate) created_text: Option<String>,
    pub(crate) edited_text: Option<String>,
    pub(crate) status: String,
    pub(crate) is_valid: bool,
    /// The whole document as JSON, without signed URLs.
    pub(crate) document: Arc<str>,
}

/// Where an image of a group is stored, without a signature.
pub(crate) fn image_link(hash: &str) -> String {
    format!("local-images/{hash}")
}

impl Data {
    /// How many frames, slices, pages or images there are; of a sound the milliseconds and of a text the characters, over
    /// which their labels range.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "no sound is 2^52 ms long, or shorter than 0"
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

    /// Where a unit is stored, without a signature.
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

    /// The storage item behind a unit.
    pub(crate) fn item_of(&self, unit: &str) -> Option<Uuid> {
        match self.kind {
            MediaKind::ImageGroup => self.images.iter().find(|image| image.hash == unit).map(|image| image.item),
            MediaKind::Group | MediaKind::Scene => None,
            _ => Some(self.item),
        }
    }
}
