//! What the platform says about a file it stores.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::tolerant::{lenient, open_enum};

open_enum! {
    /// The kind of a storage item.
    ItemType {
        /// A video.
        Video = "video",
        /// One image.
        Image = "image",
        /// Data that belong together.
        Group = "group",
        /// Images in an order.
        ImageGroup = "imageGroup",
        /// Images made into a video.
        ImageSequence = "imageSequence",
        /// One DICOM file.
        DicomFile = "dicomFile",
        /// A DICOM series.
        DicomSeries = "dicomSeries",
        /// Audio.
        Audio = "audio",
        /// A time series.
        TimeSeries = "timeseries",
        /// A volume in the NIFTI format.
        Nifti = "nifti",
        /// Text.
        PlainText = "plainText",
        /// A PDF document.
        Pdf = "pdf",
        /// A scene in space.
        Scene = "scene",
    }
}

open_enum! {
    /// Where a file lies.
    StorageLocation {
        /// With Encord.
        Encord = "encord",
        /// Google Cloud Storage.
        Gcp = "gcp",
        /// Amazon S3.
        S3 = "s3",
        /// Azure Blob Storage.
        Azure = "azure",
        /// Open Telekom Cloud.
        OpenTelekom = "openTelekom",
        /// At an address of its own.
        DirectAccess = "directAccess",
        /// A storage that speaks S3.
        S3Compatible = "s3Compatible",
    }
}

/// A storage item (contract: `docs/contract/endpoints.md#get-storage-item`). Times are ISO 8601 texts, as sent.
///
/// `Debug` does not show the signed URL: whoever has it can read the file.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct StorageItem {
    /// Its UUID.
    pub uuid: Uuid,
    /// The folder it lies in.
    pub parent: Uuid,
    /// What it is.
    #[serde(alias = "item_type")]
    pub item_type: ItemType,
    /// Its name.
    pub name: String,
    /// Its description.
    #[serde(default, deserialize_with = "lenient")]
    pub description: Option<String>,
    /// Its client metadata: a text that holds JSON.
    #[serde(default, alias = "client_metadata", deserialize_with = "lenient")]
    pub client_metadata: Option<String>,
    /// Who owns it.
    #[serde(default, deserialize_with = "lenient")]
    pub owner: Option<String>,
    /// When it was made.
    #[serde(default, alias = "created_at", deserialize_with = "lenient")]
    pub created_at: Option<String>,
    /// When it was last changed.
    #[serde(default, alias = "last_edited_at", deserialize_with = "lenient")]
    pub last_edited_at: Option<String>,
    /// Whether it was deleted.
    #[serde(default, alias = "is_tombstone", deserialize_with = "lenient")]
    pub is_tombstone: Option<bool>,
    /// Whether its file is still missing.
    #[serde(default, alias = "is_placeholder", deserialize_with = "lenient")]
    pub is_placeholder: Option<bool>,
    /// How many data units are made from it.
    #[serde(default, alias = "backed_data_units_count", deserialize_with = "lenient")]
    pub backed_data_units_count: Option<u64>,
    /// Where the file lies.
    #[serde(default, alias = "storage_location", deserialize_with = "lenient")]
    pub storage_location: Option<StorageLocation>,
    /// The integration that reaches the file.
    #[serde(default, alias = "integration_hash", deserialize_with = "lenient")]
    pub integration_hash: Option<Uuid>,
    /// Where the file is, without a signature.
    #[serde(default, deserialize_with = "lenient")]
    pub url: Option<String>,
    /// Where the file can be read for a while, if that was asked for. A secret. Image groups, DICOM series and scenes
    /// have none: their children do.
    #[serde(default, alias = "signed_url", deserialize_with = "lenient")]
    pub signed_url: Option<String>,
    /// The file's size in bytes.
    #[serde(default, alias = "file_size", deserialize_with = "lenient")]
    pub file_size: Option<u64>,
    /// The file's MIME type.
    #[serde(default, alias = "mime_type", deserialize_with = "lenient")]
    pub mime_type: Option<String>,
    /// The length in seconds.
    #[serde(default, deserialize_with = "lenient")]
    pub duration: Option<f64>,
    /// Frames per second.
    #[serde(default, deserialize_with = "lenient")]
    pub fps: Option<f64>,
    /// The height in pixels.
    #[serde(default, deserialize_with = "lenient")]
    pub height: Option<u64>,
    /// The width in pixels.
    #[serde(default, deserialize_with = "lenient")]
    pub width: Option<u64>,
    /// DICOM: the instance.
    #[serde(default, alias = "dicom_instance_uid", deserialize_with = "lenient")]
    pub dicom_instance_uid: Option<String>,
    /// DICOM: the study.
    #[serde(default, alias = "dicom_study_uid", deserialize_with = "lenient")]
    pub dicom_study_uid: Option<String>,
    /// DICOM: the series.
    #[serde(default, alias = "dicom_series_uid", deserialize_with = "lenient")]
    pub dicom_series_uid: Option<String>,
    /// How many frames it has.
    #[serde(default, alias = "frame_count", deserialize_with = "lenient")]
    pub frame_count: Option<u64>,
    /// Audio samples per second.
    #[serde(default, alias = "audio_sample_rate", deserialize_with = "lenient")]
    pub audio_sample_rate: Option<u64>,
    /// Bits per audio sample.
    #[serde(default, alias = "audio_bit_depth", deserialize_with = "lenient")]
    pub audio_bit_depth: Option<u64>,
    /// The audio codec.
    #[serde(default, alias = "audio_codec", deserialize_with = "lenient")]
    pub audio_codec: Option<String>,
    /// Audio channels.
    #[serde(default, alias = "audio_num_channels", deserialize_with = "lenient")]
    pub audio_num_channels: Option<u64>,
    /// The settings of a time series, as JSON text.
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

/// What to change of a storage item; what is `None` stays as it is.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StorageItemPatch {
    /// A new name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A new description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// New client metadata: the text of a JSON object. Whether the platform merges or replaces is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_metadata: Option<Box<RawValue>>,
}

impl StorageItemPatch {
    /// Whether there is nothing to change.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.name.is_none() && self.description.is_none() && self.client_metadata.is_none()
    }
}
