//! Storage items: files and their metadata.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::tolerant::{lenient, open_enum};

open_enum! {
    /// Type of a storage item.
    ItemType {
        /// A video.
        Video = "video",
        /// A single image.
        Image = "image",
        /// A group of items.
        Group = "group",
        /// An image group: images in an order.
        ImageGroup = "imageGroup",
        /// An image sequence: images encoded as a video.
        ImageSequence = "imageSequence",
        /// A single DICOM file.
        DicomFile = "dicomFile",
        /// A DICOM series.
        DicomSeries = "dicomSeries",
        /// Audio.
        Audio = "audio",
        /// A time series.
        TimeSeries = "timeseries",
        /// A volume in `NIfTI` format.
        Nifti = "nifti",
        /// Text.
        PlainText = "plainText",
        /// A PDF document.
        Pdf = "pdf",
        /// A 3D scene.
        Scene = "scene",
    }
}

open_enum! {
    /// Storage location of a file.
    StorageLocation {
        /// Encord's own storage.
        Encord = "encord",
        /// Google Cloud Storage.
        Gcp = "gcp",
        /// Amazon S3.
        S3 = "s3",
        /// Azure Blob Storage.
        Azure = "azure",
        /// Open Telekom Cloud.
        OpenTelekom = "openTelekom",
        /// A URL of any host.
        DirectAccess = "directAccess",
        /// An S3-compatible storage.
        S3Compatible = "s3Compatible",
    }
}

/// A storage item (contract: `docs/contract/endpoints.md#get-storage-item`). Times are ISO 8601 strings, unchanged.
///
/// `Debug` does not show the signed URL, because anyone who has it can read the file.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct StorageItem {
    /// The UUID.
    pub uuid: Uuid,
    /// UUID of the folder.
    pub parent: Uuid,
    /// Type of the item.
    #[serde(alias = "item_type")]
    pub item_type: ItemType,
    /// The name.
    pub name: String,
    /// The description.
    #[serde(default, deserialize_with = "lenient")]
    pub description: Option<String>,
    /// Client metadata: a string that contains JSON.
    #[serde(default, alias = "client_metadata", deserialize_with = "lenient")]
    pub client_metadata: Option<String>,
    /// Email address of the owner.
    #[serde(default, deserialize_with = "lenient")]
    pub owner: Option<String>,
    /// Time of creation.
    #[serde(default, alias = "created_at", deserialize_with = "lenient")]
    pub created_at: Option<String>,
    /// Time of the last change.
    #[serde(default, alias = "last_edited_at", deserialize_with = "lenient")]
    pub last_edited_at: Option<String>,
    /// `true` if the item was deleted.
    #[serde(default, alias = "is_tombstone", deserialize_with = "lenient")]
    pub is_tombstone: Option<bool>,
    /// `true` if the file is not uploaded yet.
    #[serde(default, alias = "is_placeholder", deserialize_with = "lenient")]
    pub is_placeholder: Option<bool>,
    /// The number of data units that use the item.
    #[serde(default, alias = "backed_data_units_count", deserialize_with = "lenient")]
    pub backed_data_units_count: Option<u64>,
    /// Storage location of the file.
    #[serde(default, alias = "storage_location", deserialize_with = "lenient")]
    pub storage_location: Option<StorageLocation>,
    /// Hash of the integration with access to the file.
    #[serde(default, alias = "integration_hash", deserialize_with = "lenient")]
    pub integration_hash: Option<Uuid>,
    /// URL of the file, without a signature.
    #[serde(default, deserialize_with = "lenient")]
    pub url: Option<String>,
    /// Signed URL under which the file can be read for a limited time, if requested. A secret. Image groups, DICOM
    /// series and scenes have none; their children do.
    #[serde(default, alias = "signed_url", deserialize_with = "lenient")]
    pub signed_url: Option<String>,
    /// Size of the file, in bytes.
    #[serde(default, alias = "file_size", deserialize_with = "lenient")]
    pub file_size: Option<u64>,
    /// MIME type of the file.
    #[serde(default, alias = "mime_type", deserialize_with = "lenient")]
    pub mime_type: Option<String>,
    /// Duration in seconds.
    #[serde(default, deserialize_with = "lenient")]
    pub duration: Option<f64>,
    /// Frames per second.
    #[serde(default, deserialize_with = "lenient")]
    pub fps: Option<f64>,
    /// Height in pixels.
    #[serde(default, deserialize_with = "lenient")]
    pub height: Option<u64>,
    /// Width in pixels.
    #[serde(default, deserialize_with = "lenient")]
    pub width: Option<u64>,
    /// DICOM instance UID.
    #[serde(default, alias = "dicom_instance_uid", deserialize_with = "lenient")]
    pub dicom_instance_uid: Option<String>,
    /// DICOM study UID.
    #[serde(default, alias = "dicom_study_uid", deserialize_with = "lenient")]
    pub dicom_study_uid: Option<String>,
    /// DICOM series UID.
    #[serde(default, alias = "dicom_series_uid", deserialize_with = "lenient")]
    pub dicom_series_uid: Option<String>,
    /// The number of frames.
    #[serde(default, alias = "frame_count", deserialize_with = "lenient")]
    pub frame_count: Option<u64>,
    /// Audio sample rate, in Hz.
    #[serde(default, alias = "audio_sample_rate", deserialize_with = "lenient")]
    pub audio_sample_rate: Option<u64>,
    /// Bits per audio sample.
    #[serde(default, alias = "audio_bit_depth", deserialize_with = "lenient")]
    pub audio_bit_depth: Option<u64>,
    /// Audio codec.
    #[serde(default, alias = "audio_codec", deserialize_with = "lenient")]
    pub audio_codec: Option<String>,
    /// Number of audio channels.
    #[serde(default, alias = "audio_num_channels", deserialize_with = "lenient")]
    pub audio_num_channels: Option<u64>,
    /// Settings of a time series, as JSON text.
    #[serde(default, alias = "timeseries_settings", deserialize_with = "lenient")]
    pub timeseries_settings: Option<Box<RawValue>>,
}

impl std::fmt::Debug for StorageItem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StorageItem")
            .field("uuid", &self.uuid)
            .field("parent", &self.parent)
            .field("item_type", &self.item_type)
            .field("name", &self.name)
            .field("signed_url", &self.signed_url.as_ref().map(|_| ".."))
            .finish_non_exhaustive()
    }
}

/// Changes to a storage item. Fields that are `None` stay unchanged.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StorageItemPatch {
    /// New name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// New description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// New client metadata: the text of a JSON object. It is unknown whether the platform merges or replaces it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_metadata: Option<Box<RawValue>>,
}

impl StorageItemPatch {
    /// Returns `true` if the patch changes nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.name.is_none() && self.description.is_none() && self.client_metadata.is_none()
    }
}
