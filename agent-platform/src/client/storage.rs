//! Storage items: asking for them, and changing what is said about them.

use reqwest::Method;
use serde::Serialize;
use serde::ser::SerializeMap;
use uuid::Uuid;

use super::PlatformClient;
use super::call::Effect;
use super::error::{Error, Result};
use super::failure::Failure;
use super::paging::Page;
use super::query::Query;
use super::storage_item::{StorageItem, StorageItemPatch};
use super::trace::TraceId;

/// How many items go into one request.
const ITEMS_AT_ONCE: usize = 1000;

/// Whether a response includes the signed URLs of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignedUrl {
    /// With a signed URL, which saves the request for it.
    Wanted,
    /// Without signed URL.
    Unwanted,
}

impl SignedUrl {
    pub(super) fn wanted(self) -> bool {
        self == Self::Wanted
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GetBulk<'a> {
    item_uuids: &'a [Uuid],
    sign_urls: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PatchBulk<'a> {
    item_patches: Patches<'a>,
}

/// Patches as an object, in the order in which they were given.
struct Patches<'a>(&'a [(Uuid, StorageItemPatch)]);

impl Serialize for Patches<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (item, patch) in self.0 {
            map.serialize_entry(item, patch)?;
        }
        map.end()
    }
}

impl PlatformClient {
    /// A storage item (contract: `platform-api.md`, section 8.7).
    ///
    /// # Errors
    /// [`Error::Authorisation`] if it is not there, or not for the caller; [`Error::UnexpectedAnswer`] if the platform
    /// answers with another.
    pub async fn storage_item(&self, item: Uuid, signed_url: SignedUrl) -> Result<StorageItem> {
        let query = Query::default().flag("signUrl", signed_url.wanted());
        let call = self.v2_get(&["storage", "items", &item.to_string()], &query);
        let call = call.with_secret_answer(signed_url.wanted());
        let answer = self.answer_to(&call).await?;
        let found: StorageItem = self.v2_read(&call, &answer)?;
        if found.uuid != item {
            let message = format!("The platform answers {} with another storage item.", call.shown());
            return Err(call.fails(Error::UnexpectedAnswer, message, &answer.trace));
        }
        Ok(found)
    }

    /// Storage items, in the order of their UUIDs (contract: section 8.7, "bulk get").
    ///
    /// # Errors
    /// Any of [`Error`].
    pub async fn storage_items(&self, items: &[Uuid], signed_urls: SignedUrl) -> Result<Vec<StorageItem>> {
        let mut found = Vec::with_capacity(items.len());
        for item_uuids in items.chunks(ITEMS_AT_ONCE) {
            let body = GetBulk { item_uuids, sign_urls: signed_urls.wanted() };
            let call = self.v2_send(Method::POST, &["storage", "items", "get-bulk"], &body, Effect::Harmless)?;
            let page: Page<StorageItem> = self.v2_value(&call.with_secret_answer(signed_urls.wanted())).await?;
            found.extend(page.results);
        }
        Ok(found)
    }

    /// The children of an item: frame *n* of an image group is child *n* (contract: section 8.7, "children"). Groups,
    /// image groups, image sequences and DICOM series have some.
    ///
    /// # Errors
    /// Any of [`Error`].
    pub async fn child_items(&self, folder: Uuid, item: Uuid, signed_urls: SignedUrl) -> Result<Vec<StorageItem>> {
        let (folder, item) = (folder.to_string(), item.to_string());
        let path = ["storage", "folders", &folder, "items", &item, "child-items"];
        let query = || Query::default().flag("signUrls", signed_urls.wanted());
        self.all_pages(&path, query, signed_urls.wanted()).await
    }

    /// Changes what is said about an item, and reads it (contract: section 8.7, "update"). Never repeated once it may
    /// have been done.
    ///
    /// # Errors
    /// Any of [`Error`]; [`Error::Request`] if there is nothing to change.
    pub async fn update_storage_item(&self, folder: Uuid, item: Uuid, patch: &StorageItemPatch) -> Result<StorageItem> {
        if patch.is_empty() {
            let trace = self.trace.clone().unwrap_or_else(TraceId::fresh);
            let message = "There is nothing to change about the storage item.";
            return Err(Error::Request(Box::new(Failure::new(message, &trace))));
        }
        let (folder, item) = (folder.to_string(), item.to_string());
        let path = ["storage", "folders", &folder, "items", &item];
        let call = self.v2_send(Method::PATCH, &path, patch, Effect::Changes)?;
        self.v2_value(&call).await
    }

    /// The same for several items in one request; items with nothing to change are left out (contract: section 8.7,
    /// "bulk update").
    ///
    /// # Errors
    /// Any of [`Error`]. The items of earlier requests have been changed then.
    pub async fn update_storage_items(&self, patches: &[(Uuid, StorageItemPatch)]) -> Result<Vec<StorageItem>> {
        let patches: Vec<_> = patches.iter().filter(|(_, patch)| !patch.is_empty()).cloned().collect();
        let mut changed = Vec::with_capacity(patches.len());
        for some in patches.chunks(ITEMS_AT_ONCE) {
            let body = PatchBulk { item_patches: Patches(some) };
            let call = self.v2_send(Method::PATCH, &["storage", "items", "patch-bulk"], &body, Effect::Changes)?;
            let page: Page<StorageItem> = self.v2_value(&call).await?;
            changed.extend(page.results);
        }
        Ok(changed)
    }
}
