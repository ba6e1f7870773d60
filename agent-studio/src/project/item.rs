//! Storage items.

use serde::Serialize;
use uuid::Uuid;

use crate::clock::Moment;
use crate::media::{MediaFacts, MediaKind};

use super::source::Media;

/// A storage item (contract: `docs/contract/endpoints.md#get-storage-item`).
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) uuid: Uuid,
    pub(crate) kind: MediaKind,
    pub(crate) name: String,
    /// Original name, which identifies the item in a project folder even after a rename.
    pub(crate) key: String,
    pub(crate) description: String,
    pub(crate) facts: MediaFacts,
    pub(crate) media: Media,
    /// File size in bytes.
    pub(crate) size: Option<u64>,
    /// Client metadata: a JSON object, stored as received.
    pub(crate) metadata: String,
    pub(crate) children: Vec<Uuid>,
    pub(crate) edited: Moment,
}

/// A storage item in responses.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ItemEntry<'a> {
    uuid: Uuid,
    parent: Uuid,
    item_type: &'static str,
    name: &'a str,
    description: &'a str,
    /// A string that contains JSON.
    client_metadata: &'a str,
    owner: &'a str,
    created_at: String,
    last_edited_at: String,
    is_tombstone: bool,
    is_placeholder: bool,
    backed_data_units_count: u32,
    storage_location: &'static str,
    integration_hash: Option<()>,
    url: Option<String>,
    signed_url: Option<String>,
    file_size: Option<u64>,
    mime_type: Option<&'a str>,
    duration: Option<f64>,
    fps: Option<f64>,
    height: Option<u64>,
    width: Option<u64>,
    dicom_instance_uid: Option<()>,
    dicom_study_uid: Option<()>,
    dicom_series_uid: Option<()>,
    frame_count: Option<u64>,
    audio_sample_rate: Option<u64>,
    audio_bit_depth: Option<u64>,
    audio_codec: Option<&'a str>,
    audio_num_channels: Option<u64>,
    timeseries_settings: Option<()>,
}

impl Item {
    pub(crate) fn has_media(&self) -> bool {
        !matches!(self.media, Media::None)
    }

    /// Converts the item to its form in responses.
    pub(crate) fn entry<'a>(
        &'a self,
        folder: Uuid,
        owner: &'a str,
        created: Moment,
        signed_url: Option<String>,
    ) -> ItemEntry<'a> {
        let facts = &self.facts;
        ItemEntry {
            uuid: self.uuid,
            parent: folder,
            item_type: self.kind.in_storage(),
            name: &self.name,
            description: &self.description,
            client_metadata: &self.metadata,
            owner,
            created_at: created.iso(),
            last_edited_at: self.edited.iso(),
            is_tombstone: false,
            is_placeholder: false,
            backed_data_units_count: 1,
            storage_location: "encord",
            integration_hash: None,
            url: self.has_media().then(|| format!("local-storage/{}", self.uuid)),
            signed_url,
            file_size: self.size,
            mime_type: facts.mime.as_deref(),
            duration: facts.duration,
            fps: facts.fps,
            height: facts.height,
            width: facts.width,
            dicom_instance_uid: None,
            dicom_study_uid: None,
            dicom_series_uid: None,
            frame_count: facts.frames,
            audio_sample_rate: facts.audio_sample_rate,
            audio_bit_depth: facts.audio_bit_depth,
            audio_codec: facts.audio_codec.as_deref(),
            audio_num_channels: facts.audio_channels,
            timeseries_settings: None,
        }
    }
}
