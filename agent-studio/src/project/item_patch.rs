//! Changes of storage items.

use serde::Deserialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::clock::{Moment, TimestampResolution};
use crate::raw_json::Members;

use super::item::Item;
use super::loaded_project::Project;
use super::refusal::Refusal;

/// A change of a storage item (contract: `docs/contract/endpoints.md#update-storage-item`).
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ItemPatch {
    #[serde(default)]
    pub(crate) name: Option<String>,
    #[serde(default)]
    pub(crate) description: Option<String>,
    #[serde(default)]
    pub(crate) client_metadata: Option<Box<RawValue>>,
}

impl Project {
    /// Applies patches to storage items, and returns the changed items.
    ///
    /// # Errors
    /// Client metadata is not an object, or an item is unknown.
    pub(crate) fn patch_items(&self, patches: Vec<(Uuid, ItemPatch)>) -> Result<Vec<Item>, Refusal> {
        for (_, patch) in &patches {
            if patch.client_metadata.as_ref().is_some_and(|metadata| Members::parse(metadata.get()).is_err()) {
                return Err(Refusal::InvalidArguments("clientMetadata must be an object".to_owned()));
            }
        }
        self.change_state(|world| {
            if let Some((unknown, _)) = patches.iter().find(|(item, _)| !world.items.contains_key(item)) {
                return Err(Refusal::NotFound(format!("unknown storage item {unknown}")));
            }
            let changed = patches.into_iter().filter_map(|(uuid, patch)| {
                let item = world.item_mut(uuid)?;
                item.change(patch);
                Some(item.clone())
            });
            Ok(changed.collect())
        })
    }
}

impl Item {
    fn change(&mut self, patch: ItemPatch) {
        if let Some(name) = patch.name {
            self.name = name;
        }
        if let Some(description) = patch.description {
            self.description = description;
        }
        if let Some(metadata) = patch.client_metadata {
            // Replaced as a whole. The behaviour of the platform is not known.
            self.metadata = metadata.get().to_owned();
        }
        self.edited = Moment::after(self.edited, TimestampResolution::default());
    }
}
