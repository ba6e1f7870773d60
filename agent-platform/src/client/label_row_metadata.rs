//! What the platform says about label rows without their labels.

use std::sync::Arc;

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::tolerant::{lenient, lenient_list, open_enum};
pub use crate::labels::{DataType, LabelStatus};

open_enum! {
    /// Where the annotation task of a row is.
    AnnotationTaskStatus {
        /// It waits.
        Queued = "QUEUED",
        /// Somebody has it.
        Assigned = "ASSIGNED",
        /// It is in review.
        InReview = "IN_REVIEW",
        /// It was sent back.
        Returned = "RETURNED",
        /// It is done.
        Completed = "COMPLETED",
    }
}

/// The stage of the workflow that a row is in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct WorkflowGraphNode {
    /// The stage's UUID.
    pub uuid: String,
    /// The stage's title.
    #[serde(default, deserialize_with = "lenient")]
    pub title: Option<String>,
}

/// An image of an image group.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ImageData {
    /// The frame it is, from 0.
    #[serde(default, deserialize_with = "lenient")]
    pub index: Option<u64>,
    /// Its title.
    #[serde(default, deserialize_with = "lenient")]
    pub title: Option<String>,
    /// Its MIME type.
    #[serde(default, deserialize_with = "lenient")]
    pub file_type: Option<String>,
    /// Its height in pixels.
    #[serde(default, deserialize_with = "lenient")]
    pub height: Option<u64>,
    /// Its width in pixels.
    #[serde(default, deserialize_with = "lenient")]
    pub width: Option<u64>,
    /// The hash of its data unit.
    pub image_hash: String,
}

/// A label row without its labels (contract: `platform-api.md`, section 8.3, and `field-probe.json`).
///
/// Times are texts, as sent: `2024-05-01 08:00:00`, a long form, or ISO 8601.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct LabelRowMetadata {
    /// The row's hash; `None` if there is no label row yet.
    #[serde(default, deserialize_with = "lenient")]
    pub label_hash: Option<String>,
    /// The hash of its data.
    pub data_hash: String,
    /// The branch it is on.
    #[serde(default, deserialize_with = "lenient")]
    pub branch_name: Option<String>,
    /// When it was made.
    #[serde(default, deserialize_with = "lenient")]
    pub created_at: Option<String>,
    /// When it was last changed.
    #[serde(default, deserialize_with = "lenient")]
    pub last_edited_at: Option<String>,
    /// The hash of the dataset.
    #[serde(default, deserialize_with = "lenient")]
    pub dataset_hash: Option<String>,
    /// The title of the dataset.
    #[serde(default, deserialize_with = "lenient")]
    pub dataset_title: Option<String>,
    /// The title of the data.
    #[serde(default, deserialize_with = "lenient")]
    pub data_title: Option<String>,
    /// The kind of data.
    pub data_type: DataType,
    /// Where the data is stored, without a signature.
    #[serde(default, deserialize_with = "lenient")]
    pub data_link: Option<String>,
    /// How far the labels are.
    #[serde(default, deserialize_with = "lenient")]
    pub label_status: Option<LabelStatus>,
    /// Where the annotation task is.
    #[serde(default, deserialize_with = "lenient")]
    pub annotation_task_status: Option<AnnotationTaskStatus>,
    /// The stage of the workflow, when asked for; `None` outside workflow projects.
    #[serde(default, deserialize_with = "lenient")]
    pub workflow_graph_node: Option<WorkflowGraphNode>,
    /// Whether it is shadow data.
    #[serde(default, deserialize_with = "lenient")]
    pub is_shadow_data: Option<bool>,
    /// How many frames the data has; 1 for an image.
    #[serde(default, deserialize_with = "lenient")]
    pub number_of_frames: Option<u64>,
    /// The length in seconds.
    #[serde(default, deserialize_with = "lenient")]
    pub duration: Option<f64>,
    /// Frames per second.
    #[serde(default, deserialize_with = "lenient")]
    pub frames_per_second: Option<f64>,
    /// The height in pixels.
    #[serde(default, deserialize_with = "lenient")]
    pub height: Option<u64>,
    /// The width in pixels.
    #[serde(default, deserialize_with = "lenient")]
    pub width: Option<u64>,
    /// The audio codec.
    #[serde(default, deserialize_with = "lenient")]
    pub audio_codec: Option<String>,
    /// Bits per audio sample.
    #[serde(default, deserialize_with = "lenient")]
    pub audio_bit_depth: Option<u64>,
    /// Audio channels.
    #[serde(default, deserialize_with = "lenient")]
    pub audio_num_channels: Option<u64>,
    /// Audio samples per second.
    #[serde(default, deserialize_with = "lenient")]
    pub audio_sample_rate: Option<u64>,
    /// The task in the workflow.
    #[serde(default, deserialize_with = "lenient")]
    pub task_uuid: Option<Uuid>,
    /// The priority of the task, from 0 to 1.
    #[serde(default, deserialize_with = "lenient")]
    pub priority: Option<f64>,
    /// The client metadata as JSON text, when asked for.
    #[serde(default, deserialize_with = "lenient_json")]
    pub client_metadata: Option<Arc<RawValue>>,
    /// The images of an image group, when asked for.
    #[serde(default, deserialize_with = "lenient_images")]
    pub images_data: Arc<[ImageData]>,
    /// The MIME type of the file.
    #[serde(default, deserialize_with = "lenient")]
    pub file_type: Option<String>,
    /// The size of the file in bytes.
    #[serde(default, deserialize_with = "lenient")]
    pub file_size: Option<f64>,
    /// Whether the labels are valid.
    #[serde(default, deserialize_with = "lenient")]
    pub is_valid: Option<bool>,
    /// The storage item behind the data, for [`PlatformClient::storage_item`](super::PlatformClient::storage_item).
    #[serde(default, deserialize_with = "lenient")]
    pub backing_item_uuid: Option<Uuid>,
    /// The group it belongs to.
    #[serde(default, deserialize_with = "lenient")]
    pub group_hash: Option<String>,
    /// Who has the task.
    #[serde(default, deserialize_with = "lenient")]
    pub assigned_user_email: Option<String>,
    /// Who moved the task last.
    #[serde(default, deserialize_with = "lenient")]
    pub last_actioned_by_user_email: Option<String>,
    /// The spaces of grouped data, as JSON text; an empty object for ordinary data.
    #[serde(default, deserialize_with = "lenient_json")]
    pub spaces: Option<Arc<RawValue>>,
    #[serde(skip, default = "null")]
    json: Arc<RawValue>,
}

/// Reads JSON text of any size. Clones of the entry share it.
fn lenient_json<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Arc<RawValue>>, D::Error> {
    Ok(lenient::<D, Box<RawValue>>(deserializer)?.map(Arc::from))
}

/// Reads the images of a group. Clones of the entry share them.
fn lenient_images<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Arc<[ImageData]>, D::Error> {
    lenient_list(deserializer).map(Arc::from)
}

fn null() -> Arc<RawValue> {
    Arc::from(RawValue::NULL.to_owned())
}

impl LabelRowMetadata {
    /// Reads an entry of a listing.
    pub(super) fn read(entry: &RawValue) -> serde_json::Result<Self> {
        let mut row: Self = serde_json::from_str(entry.get())?;
        row.json = Arc::from(entry.to_owned());
        Ok(row)
    }

    /// The whole entry as the platform sent it, with the fields that this version does not know: what
    /// `RowMetadata::parse` reads.
    #[must_use]
    pub fn json(&self) -> &RawValue {
        &self.json
    }
}
