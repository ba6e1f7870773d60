//! Creation of empty label rows.

use serde::Serialize;
use std::collections::BTreeMap;

use crate::clock::Moment;
use crate::media::{MediaFacts, MediaKind};
use crate::raw_json::{ObjectWriter, quoted};

use super::data::{Data, image_link};
use super::identity::{Identity, derived};

#[derive(Serialize)]
struct Unit<'a> {
    data_hash: &'a str,
    data_title: &'a str,
    data_type: &'a str,
    data_sequence: Sequence,
    #[serde(skip_serializing_if = "Option::is_none")]
    width: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<u64>,
    labels: Labels,
    #[serde(skip_serializing_if = "Option::is_none")]
    data_duration: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data_fps: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    audio_codec: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    audio_sample_rate: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    audio_bit_depth: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    audio_num_channels: Option<u64>,
    data_link: Option<String>,
}

/// `data_sequence`: a number, or text for the images of an image group (contract:
/// `docs/contract/label-format.md#data-units`).
#[derive(Serialize)]
#[serde(untagged)]
enum Sequence {
    Number(u64),
    Text(String),
}

#[derive(Serialize)]
#[serde(untagged)]
enum Labels {
    Blob { objects: [(); 0], classifications: [(); 0] },
    Frames(BTreeMap<String, ()>),
}

impl Labels {
    fn empty(kind: MediaKind) -> Self {
        if kind.has_frame_map() {
            Self::Frames(BTreeMap::new())
        } else {
            Self::Blob { objects: [], classifications: [] }
        }
    }
}

/// Derives the label hash of a data unit on a branch.
pub(crate) fn label_hash(data: &Data, branch: &str) -> String {
    derived(&data.hash, &format!("label:{branch}")).to_string()
}

/// Returns the document of an empty label row (contract: `docs/contract/label-format.md#label-row`).
pub(crate) fn document(identity: &Identity, data: &Data, branch: &str, now: Moment) -> String {
    let mut units = ObjectWriter::default();
    if data.kind == MediaKind::ImageGroup {
        for (sequence, image) in data.images.iter().enumerate() {
            units.member(&image.hash, &unit_of_image(&image.hash, &image.title, &image.facts, sequence));
        }
    } else {
        units.member(&data.hash, &json(&unit(data)));
    }
    let mut row = ObjectWriter::default();
    row.member("label_hash", &quoted(&label_hash(data, branch)))
        .member("branch_name", &quoted(branch))
        .member("created_at", &quoted(&now.legacy()))
        .member("last_edited_at", &quoted(&now.legacy()))
        .member("dataset_hash", &quoted(&identity.dataset.to_string()))
        .member("dataset_title", &quoted(&identity.dataset_title))
        .member("data_title", &quoted(&data.title))
        .member("data_hash", &quoted(&data.hash))
        .member("data_type", &quoted(data.kind.as_str()))
        .member("is_image_sequence", "false")
        .member("is_valid", "true")
        .member("annotation_task_status", "\"QUEUED\"")
        .member("is_shadow_data", "false")
        .member("label_status", "\"LABEL_IN_PROGRESS\"")
        .member("object_answers", "{}")
        .member("classification_answers", "{}")
        .member("object_actions", "{}")
        .member("data_units", &units.finish())
        .member("spaces", "{}")
        .member("export_history", "[]");
    row.finish()
}

fn json(unit: &Unit<'_>) -> String {
    // Serializing a struct of plain values cannot fail.
    serde_json::to_string(unit).unwrap_or_default()
}

fn unit(data: &Data) -> Unit<'_> {
    let facts = &data.facts;
    let video = data.kind == MediaKind::Video;
    // PDF pages have no pixel size and no frame rate (contract: `docs/contract/label-format.md#data-units`).
    let zero = (data.kind == MediaKind::Pdf).then_some(0);
    Unit {
        data_hash: &data.hash,
        data_title: &data.title,
        data_type: facts.mime.as_deref().unwrap_or_default(),
        data_sequence: Sequence::Number(0),
        width: facts.width.or(zero),
        height: facts.height.or(zero),
        labels: Labels::empty(data.kind),
        data_duration: facts.duration.filter(|_| video || data.kind == MediaKind::Audio),
        data_fps: facts.fps.filter(|_| video).or(zero.map(|_| 0.0)),
        audio_codec: facts.audio_codec.as_deref(),
        audio_sample_rate: facts.audio_sample_rate,
        audio_bit_depth: facts.audio_bit_depth,
        audio_num_channels: facts.audio_channels,
        data_link: data.link(&data.hash),
    }
}

/// Returns the unit of an image of an image group, without labels, as JSON.
pub(crate) fn unit_of_image(hash: &str, title: &str, facts: &MediaFacts, sequence: usize) -> String {
    json(&Unit {
        data_hash: hash,
        data_title: title,
        data_type: facts.mime.as_deref().unwrap_or_default(),
        data_sequence: Sequence::Text(sequence.to_string()),
        width: facts.width,
        height: facts.height,
        labels: Labels::empty(MediaKind::ImageGroup),
        data_duration: None,
        data_fps: None,
        audio_codec: None,
        audio_sample_rate: None,
        audio_bit_depth: None,
        audio_num_channels: None,
        data_link: Some(image_link(hash)),
    })
}
