//! Metadata of label rows.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::hash::{AsHash, DataHash, LabelHash};

use super::tolerant::{lenient, lenient_list, open_enum};
pub use crate::labels::{DataType, LabelStatus};

open_enum! {
    /// Status of a row's annotation task.
    AnnotationTaskStatus {
        /// Queued.
        Queued = "QUEUED",
        /// Assigned to a user.
        Assigned = "ASSIGNED",
        /// In review.
        InReview = "IN_REVIEW",
        /// Returned by a reviewer.
        Returned = "RETURNED",
        /// Completed.
        Completed = "COMPLETED",
    }
}

/// The workflow stage of a row.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct WorkflowGraphNode {
    /// UUID of the stage.
    pub uuid: String,
    /// Title of the stage.
    #[serde(default, deserialize_with = "lenient")]
    pub title: Option<String>,
}

/// An image of an image group.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ImageData {
    /// Frame number, from 0.
    #[serde(default, deserialize_with = "lenient")]
    pub index: Option<u64>,
    /// The title.
    #[serde(default, deserialize_with = "lenient")]
    pub title: Option<String>,
    /// The MIME type.
    #[serde(default, deserialize_with = "lenient")]
    pub file_type: Option<String>,
    /// Height in pixels.
    #[serde(default, deserialize_with = "lenient")]
    pub height: Option<u64>,
    /// Width in pixels.
    #[serde(default, deserialize_with = "lenient")]
    pub width: Option<u64>,
    /// Hash of the data unit.
    pub image_hash: String,
}

/// Metadata of a label row, without its labels (contract: `docs/contract/endpoints.md#list-label-rows`, and
/// `field-probe.json`).
///
/// Times are strings, unchanged: `2024-05-01 08:00:00`, a long form, or ISO 8601.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct LabelRowMetadata {
    /// The label hash; `None` if there is no label row yet.
    #[serde(default, deserialize_with = "lenient")]
    pub label_hash: Option<LabelHash>,
    /// The data hash as written: mostly a UUID, which compares equal to its [`DataHash`](crate::hash::DataHash).
    pub data_hash: String,
    /// The branch.
    #[serde(default, deserialize_with = "lenient")]
    pub branch_name: Option<String>,
    /// Time of creation.
    #[serde(default, deserialize_with = "lenient")]
    pub created_at: Option<String>,
    /// Time of the last change.
    #[serde(default, deserialize_with = "lenient")]
    pub last_edited_at: Option<String>,
    /// The dataset hash.
    #[serde(default, deserialize_with = "lenient")]
    pub dataset_hash: Option<String>,
    /// Title of the dataset.
    #[serde(default, deserialize_with = "lenient")]
    pub dataset_title: Option<String>,
    /// Title of the data.
    #[serde(default, deserialize_with = "lenient")]
    pub data_title: Option<String>,
    /// Type of the data.
    pub data_type: DataType,
    /// URL of the data in its storage, without a signature.
    #[serde(default, deserialize_with = "lenient")]
    pub data_link: Option<String>,
    /// Status of the labels.
    #[serde(default, deserialize_with = "lenient")]
    pub label_status: Option<LabelStatus>,
    /// Status of the annotation task.
    #[serde(default, deserialize_with = "lenient")]
    pub annotation_task_status: Option<AnnotationTaskStatus>,
    /// The workflow stage, if requested; `None` outside workflow projects.
    #[serde(default, deserialize_with = "lenient")]
    pub workflow_graph_node: Option<WorkflowGraphNode>,
    /// `true` for shadow data.
    #[serde(default, deserialize_with = "lenient")]
    pub is_shadow_data: Option<bool>,
    /// The number of frames; 1 for an image.
    #[serde(default, deserialize_with = "lenient")]
    pub number_of_frames: Option<u64>,
    /// Duration in seconds.
    #[serde(default, deserialize_with = "lenient")]
    pub duration: Option<f64>,
    /// Frames per second.
    #[serde(default, deserialize_with = "lenient")]
    pub frames_per_second: Option<f64>,
    /// Height in pixels.
    #[serde(default, deserialize_with = "lenient")]
    pub height: Option<u64>,
    /// Width in pixels.
    #[serde(default, deserialize_with = "lenient")]
    pub width: Option<u64>,
    /// Audio codec.
    #[serde(default, deserialize_with = "lenient")]
    pub audio_codec: Option<String>,
    /// Bits per audio sample.
    #[serde(default, deserialize_with = "lenient")]
    pub audio_bit_depth: Option<u64>,
    /// Number of audio channels.
    #[serde(default, deserialize_with = "lenient")]
    pub audio_num_channels: Option<u64>,
    /// Audio sample rate, in Hz.
    #[serde(default, deserialize_with = "lenient")]
    pub audio_sample_rate: Option<u64>,
    /// UUID of the workflow task.
    #[serde(default, deserialize_with = "lenient")]
    pub task_uuid: Option<Uuid>,
    /// Priority of the task, from 0 to 1.
    #[serde(default, deserialize_with = "lenient")]
    pub priority: Option<f64>,
    /// Client metadata as JSON text, if requested.
    #[serde(default, deserialize_with = "lenient_json")]
    pub client_metadata: Option<Arc<RawValue>>,
    /// Images of an image group, if requested.
    #[serde(default, deserialize_with = "lenient_images")]
    pub images_data: Arc<[ImageData]>,
    /// MIME type of the file.
    #[serde(default, deserialize_with = "lenient")]
    pub file_type: Option<String>,
    /// Size of the file, in bytes.
    #[serde(default, deserialize_with = "lenient")]
    pub file_size: Option<f64>,
    /// `true` if the labels are valid.
    #[serde(default, deserialize_with = "lenient")]
    pub is_valid: Option<bool>,
    /// UUID of the storage item, for [`PlatformClient::storage_item`](super::PlatformClient::storage_item).
    #[serde(default, deserialize_with = "lenient")]
    pub backing_item_uuid: Option<Uuid>,
    /// Hash of the group that the data belongs to.
    #[serde(default, deserialize_with = "lenient")]
    pub group_hash: Option<String>,
    /// Email address of the task's assignee.
    #[serde(default, deserialize_with = "lenient")]
    pub assigned_user_email: Option<String>,
    /// Email address of the user who moved the task last.
    #[serde(default, deserialize_with = "lenient")]
    pub last_actioned_by_user_email: Option<String>,
    /// Spaces of grouped data, as JSON text; an empty object for other data.
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
    /// Parses an entry of a listing.
    pub(super) fn read(entry: &RawValue) -> serde_json::Result<Self> {
        let mut row: Self = serde_json::from_str(entry.get())?;
        row.json = Arc::from(entry.to_owned());
        Ok(row)
    }

    /// Returns the whole entry as the platform sent it, including unknown fields. `RowMetadata::parse` reads it.
    #[must_use]
    pub fn json(&self) -> &RawValue {
        &self.json
    }
}

impl AsHash<DataHash> for LabelRowMetadata {
    fn as_hash(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.data_hash)
    }
}
