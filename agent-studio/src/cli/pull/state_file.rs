//! Generation of `state.json`: workflow stage and client metadata of a data unit.

use std::collections::BTreeMap;

use agent_platform::client::StorageItem;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::project_file::stages;
use super::remote::{Files, Remote};
use crate::clock::Moment;
use crate::raw_json::{ObjectWriter, pretty, quoted};

/// The file's content. Entries of other data are kept verbatim.
#[derive(Debug, Default, Serialize, Deserialize)]
struct State {
    #[serde(default)]
    tasks: BTreeMap<String, Box<RawValue>>,
    #[serde(default)]
    items: BTreeMap<String, Box<RawValue>>,
}

/// Merges the data unit into the existing content.
///
/// # Errors
/// The existing content is not a valid state file.
pub(super) fn merge(before: Option<&str>, remote: &Remote, files: &Files<'_>) -> serde_json::Result<String> {
    let mut state: State = before.map(serde_json::from_str).transpose()?.unwrap_or_default();
    if let Some(task) = task(remote) {
        state.tasks.insert(files.name.clone(), RawValue::from_string(task)?);
    }
    let group = (files.name.as_str(), &remote.item);
    let media = files.media.iter().map(|file| (file.path.trim_start_matches("data/"), file.item));
    for (key, item) in std::iter::once(group).chain(media) {
        if let Some(text) = item_state(key, item) {
            state.items.insert(key.to_owned(), RawValue::from_string(text)?);
        }
    }
    Ok(pretty(&serde_json::to_string(&state)?))
}

/// Returns the task entry; `None` if the task's stage is unknown.
fn task(remote: &Remote) -> Option<String> {
    let node = remote.listing.workflow_graph_node.as_ref()?;
    let stages = stages(&remote.project);
    let (_, title) = stages
        .iter()
        .find(|(stage, title)| stage.uuid.to_string() == node.uuid || Some(title) == node.title.as_ref())?;
    let mut out = ObjectWriter::default();
    out.member("stage", &quoted(title));
    out.member("priority", &remote.listing.priority.filter(|priority| priority.is_finite()).unwrap_or(0.5).to_string());
    if let Some(by) = &remote.listing.last_actioned_by_user_email {
        out.member("changed_by", &quoted(by));
    }
    Some(out.finish())
}

/// Returns the entry of a storage item; `None` if it differs from the default in nothing.
fn item_state(key: &str, item: &StorageItem) -> Option<String> {
    let name = key.rsplit('/').next().unwrap_or_default();
    let metadata = item.client_metadata.as_deref().and_then(|text| serde_json::from_str::<&RawValue>(text).ok());
    let metadata = metadata.map(RawValue::get).filter(|text| text.starts_with('{') && *text != "{}");
    let description = item.description.as_deref().filter(|text| !text.is_empty());
    if item.name == name && metadata.is_none() && description.is_none() {
        return None;
    }
    let edited = item.last_edited_at.as_deref().filter(|time| Moment::parse(time).is_some());
    let edited = edited.map_or_else(|| Moment::now().iso(), str::to_owned);
    let mut out = ObjectWriter::default();
    if item.name != name {
        out.member("name", &quoted(&item.name));
    }
    if let Some(description) = description {
        out.member("description", &quoted(description));
    }
    if let Some(metadata) = metadata {
        out.member("client_metadata", metadata);
    }
    out.member("edited_at", &quoted(&edited));
    Some(out.finish())
}
