//! Listing of label rows, with their metadata but without labels.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::media::MediaKind;
use crate::raw_json::{Members, ObjectWriter};

use super::data::Data;
use super::identity::Identity;
use super::item::Item;
use super::listing_filter::ListingFilter;

#[derive(Serialize)]
struct Node<'a> {
    uuid: String,
    title: &'a str,
}

#[derive(Serialize)]
struct ImageEntry<'a> {
    index: usize,
    title: &'a str,
    file_type: Option<&'a str>,
    height: Option<u64>,
    width: Option<u64>,
    image_hash: &'a str,
}

/// An entry of the listing (contract: `docs/contract/endpoints.md#list-label-rows`).
#[derive(Serialize)]
struct Entry<'a> {
    label_hash: Option<&'a str>,
    branch_name: &'a str,
    created_at: Option<&'a str>,
    last_edited_at: Option<&'a str>,
    data_hash: &'a str,
    dataset_hash: String,
    dataset_title: &'a str,
    data_title: &'a str,
    data_type: String,
    data_link: Option<String>,
    label_status: &'a str,
    annotation_task_status: &'a str,
    workflow_graph_node: Option<Node<'a>>,
    is_shadow_data: bool,
    number_of_frames: u64,
    duration: Option<f64>,
    frames_per_second: Option<f64>,
    height: Option<u64>,
    width: Option<u64>,
    audio_codec: Option<&'a str>,
    audio_bit_depth: Option<u64>,
    audio_num_channels: Option<u64>,
    audio_sample_rate: Option<u64>,
    task_uuid: String,
    priority: Option<f64>,
    client_metadata: Option<&'a RawValue>,
    images_data: Option<Vec<ImageEntry<'a>>>,
    file_type: Option<&'a str>,
    file_size: Option<f64>,
    is_valid: bool,
    backing_item_uuid: String,
    group_hash: Option<()>,
    assigned_user_email: Option<&'a str>,
    last_actioned_by_user_email: Option<&'a str>,
    spaces: Empty,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_metadata_signed_url: Option<String>,
}

#[derive(Serialize)]
struct Empty {}

/// Returns the entry of a data unit on a branch, as JSON.
///
/// With `metadata_url`, the entry contains this URL instead of the client metadata.
#[expect(clippy::cast_precision_loss, reason = "no file has 2^52 bytes")]
pub(crate) fn entry(
    identity: &Identity,
    data: &Data,
    item: &Item,
    branch: &str,
    filter: &ListingFilter,
    metadata_url: Option<String>,
) -> String {
    let row = data.rows.get(branch);
    let done = identity.workflow.done() == Some(data.stage);
    let stage = identity.workflow.stage(data.stage).filter(|_| filter.include_workflow_graph_node);
    let inline = filter.include_client_metadata && metadata_url.is_none();
    let metadata = inline.then(|| serde_json::from_str(&item.metadata).ok()).flatten();
    let facts = &data.facts;
    let entry = Entry {
        label_hash: row.map(|row| row.label_hash.as_str()),
        branch_name: branch,
        created_at: row.and_then(|row| row.created_text.as_deref()),
        last_edited_at: row.and_then(|row| row.edited_text.as_deref()),
        data_hash: &data.hash,
        dataset_hash: identity.dataset.to_string(),
        dataset_title: &identity.dataset_title,
        data_title: &data.title,
        data_type: data.kind.as_str().to_ascii_uppercase(),
        data_link: data.link(&data.hash),
        label_status: row.map_or("NOT_LABELLED", |row| &row.status),
        annotation_task_status: if done { "COMPLETED" } else { "QUEUED" },
        workflow_graph_node: stage.map(|stage| Node { uuid: stage.uuid.to_string(), title: &stage.title }),
        is_shadow_data: false,
        number_of_frames: data.frames(),
        duration: facts.duration,
        frames_per_second: facts.fps,
        height: facts.height,
        width: facts.width,
        audio_codec: facts.audio_codec.as_deref(),
        audio_bit_depth: facts.audio_bit_depth,
        audio_num_channels: facts.audio_channels,
        audio_sample_rate: facts.audio_sample_rate,
        task_uuid: data.task.to_string(),
        priority: (!done).then_some(data.priority),
        client_metadata: metadata,
        images_data: filter.include_images_data.then(|| images(data)).flatten(),
        file_type: facts.mime.as_deref(),
        file_size: item.size.map(|size| size as f64),
        is_valid: row.is_none_or(|row| row.is_valid),
        backing_item_uuid: data.item.to_string(),
        group_hash: None,
        assigned_user_email: data.assignee.as_deref(),
        last_actioned_by_user_email: data.last_actioned_by.as_deref(),
        spaces: Empty {},
        client_metadata_signed_url: metadata_url,
    };
    // Serializing a struct of plain values cannot fail.
    let entry = serde_json::to_string(&entry).unwrap_or_default();
    match &data.listing {
        Some(stand_in) => with_members(&entry, stand_in).unwrap_or(entry),
        None => entry,
    }
}

fn images(data: &Data) -> Option<Vec<ImageEntry<'_>>> {
    match data.kind {
        MediaKind::Image => Some(vec![ImageEntry {
            index: 0,
            title: &data.title,
            file_type: data.facts.mime.as_deref(),
            height: data.facts.height,
            width: data.facts.width,
            image_hash: &data.hash,
        }]),
        MediaKind::ImageGroup => {
            let entries = data.images.iter().enumerate().map(|(index, image)| ImageEntry {
                index,
                title: &image.title,
                file_type: image.facts.mime.as_deref(),
                height: image.facts.height,
                width: image.facts.width,
                image_hash: &image.hash,
            });
            Some(entries.collect())
        }
        _ => None,
    }
}

/// Merges the members of `stand_in` into an object.
fn with_members(object: &str, stand_in: &str) -> serde_json::Result<String> {
    let (object, stand_in) = (Members::parse(object)?, Members::parse(stand_in)?);
    let mut out = ObjectWriter::default();
    for (key, value) in object.iter() {
        out.member(key, stand_in.get(key).unwrap_or(value).get());
    }
    for (key, value) in stand_in.iter().filter(|(key, _)| object.get(key).is_none()) {
        out.member(key, value.get());
    }
    Ok(out.finish())
}
