//! Reading and updating storage items.

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

/// Maximum number of items per request.
const MAX_ITEMS_PER_REQUEST: usize = 1000;

/// Request for signed URLs, under which files can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignedUrl {
    /// Request a signed URL. This saves a second request.
    Wanted,
    /// Don't request a signed URL.
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

/// Patches serialized as an object, in the given order.
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
    /// Reads a storage item (contract: `docs/contract/endpoints.md#get-storage-item`).
    ///
    /// # Errors
    /// [`Error::Authorisation`] if it does not exist or access is denied; [`Error::UnexpectedAnswer`] if the response
    /// contains another item.
    pub async fn storage_item(&self, item: Uuid, signed_url: SignedUrl) -> Result<StorageItem> {
        let query = Query::default().flag("signUrl", signed_url.wanted());
        let call = self.v2_get(&["storage", "items", &item.to_string()], &query);
        let call = call.with_secret_answer(signed_url.wanted());
        let answer = self.send(&call).await?;
        let found: StorageItem = self.v2_read(&call, &answer)?;
        if found.uuid != item {
            let message = format!("The platform answered {} with another storage item.", call.description());
            return Err(call.error(Error::UnexpectedAnswer, message, &answer.trace));
        }
        Ok(found)
    }

    /// Reads storage items in the order of their UUIDs (contract: section 8.7, "bulk get").
    ///
    /// # Errors
    /// Any variant of [`Error`].
    pub async fn storage_items(&self, items: &[Uuid], signed_urls: SignedUrl) -> Result<Vec<StorageItem>> {
        let mut found = Vec::with_capacity(items.len());
        for item_uuids in items.chunks(MAX_ITEMS_PER_REQUEST) {
            let body = GetBulk { item_uuids, sign_urls: signed_urls.wanted() };
            let call = self.v2_send(Method::POST, &["storage", "items", "get-bulk"], &body, Effect::Read)?;
            let page: Page<StorageItem> = self.v2_value(&call.with_secret_answer(signed_urls.wanted())).await?;
            found.extend(page.results);
        }
        Ok(found)
    }

    /// Lists the children of an item (contract: section 8.7, "children"). Frame *n* of an image group is child *n*.
    /// Groups, image groups, image sequences and DICOM series have children.
    ///
    /// # Errors
    /// Any variant of [`Error`].
    pub async fn child_items(&self, folder: Uuid, item: Uuid, signed_urls: SignedUrl) -> Result<Vec<StorageItem>> {
        let (folder, item) = (folder.to_string(), item.to_string());
        let path = ["storage", "folders", &folder, "items", &item, "child-items"];
        let query = || Query::default().flag("signUrls", signed_urls.wanted());
        self.all_pages(&path, query, signed_urls.wanted()).await
    }

    /// Updates an item and returns it (contract: section 8.7, "update"). Not idempotent: it is not retried if the
    /// platform may have received it.
    ///
    /// # Errors
    /// Any variant of [`Error`]; [`Error::Request`] if the patch is empty.
    pub async fn update_storage_item(&self, folder: Uuid, item: Uuid, patch: &StorageItemPatch) -> Result<StorageItem> {
        if patch.is_empty() {
            let trace = self.trace.clone().unwrap_or_else(TraceId::fresh);
            let message = "There is nothing to change about the storage item.";
            return Err(Error::Request(Box::new(Failure::new(message, &trace))));
        }
        let (folder, item) = (folder.to_string(), item.to_string());
        let path = ["storage", "folders", &folder, "items", &item];
        let call = self.v2_send(Method::PATCH, &path, patch, Effect::NonIdempotent)?;
        self.v2_value(&call).await
    }

    /// Updates several items and returns them. Empty patches are skipped (contract: section 8.7, "bulk update").
    ///
    /// # Errors
    /// Any variant of [`Error`]. The items of earlier requests are then updated.
    pub async fn update_storage_items(&self, patches: &[(Uuid, StorageItemPatch)]) -> Result<Vec<StorageItem>> {
        let patches: Vec<_> = patches.iter().filter(|(_, patch)| !patch.is_empty()).cloned().collect();
        let mut changed = Vec::with_capacity(patches.len());
        for chunk in patches.chunks(MAX_ITEMS_PER_REQUEST) {
            let body = PatchBulk { item_patches: Patches(chunk) };
            let call =
                self.v2_send(Method::PATCH, &["storage", "items", "patch-bulk"], &body, Effect::NonIdempotent)?;
            let page: Page<StorageItem> = self.v2_value(&call).await?;
            changed.extend(page.results);
        }
        Ok(changed)
    }
}
