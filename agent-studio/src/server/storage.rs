//! Storage items of the v2 API.

use std::collections::HashMap;
use std::sync::Arc;

use hyper::StatusCode;
use serde::Deserialize;
use uuid::Uuid;

use crate::project::{Item, ItemPatch, Project, Refusal};
use crate::raw_json::Members;

use super::buffered_request::BufferedRequest;
use super::legacy::blocking;
use super::reply::Reply;
use super::shared::Shared;
use super::v2_request::{body, not_supported};

const ITEM_FORBIDDEN: &str = "You are not authorised to access this item.";
const ITEMS_FORBIDDEN: &str = "You are not authorised to access some of the items.";

/// Handles requests for storage items (contract: `docs/contract/endpoints.md#get-storage-item`).
pub(crate) async fn storage(shared: &Arc<Shared>, request: &BufferedRequest, path: &[&str]) -> Reply {
    match (request.method.as_str(), path) {
        ("POST", ["items", "get-bulk"]) => get_bulk(shared, request),
        ("PATCH", ["items", "patch-bulk"]) => patch_bulk(shared, request).await,
        ("GET", ["items", item]) => match find_item(shared, item) {
            Some((project, item)) => item_reply(shared, request, project, &item, request.flag("signUrl")),
            None => Reply::message(StatusCode::FORBIDDEN, ITEM_FORBIDDEN),
        },
        ("GET" | "PATCH", ["folders", folder, "items", item, rest @ ..]) => {
            let inside = find_item(shared, item)
                .filter(|(project, _)| Uuid::parse_str(folder).is_ok_and(|uuid| uuid == project.identity.folder));
            let Some((project, item)) = inside else { return Reply::message(StatusCode::FORBIDDEN, ITEM_FORBIDDEN) };
            match (request.method.as_str(), rest) {
                ("GET", ["child-items"]) => children(shared, request, project, &item),
                ("PATCH", []) => patch_one(shared, request, project, item.uuid).await,
                _ => not_supported(request),
            }
        }
        _ => not_supported(request),
    }
}

fn find_item<'a>(shared: &'a Shared, item: &str) -> Option<(&'a Arc<Project>, Item)> {
    shared.item(Uuid::parse_str(item).ok()?)
}

/// Serializes an item to JSON, with a signed URL if requested and if the item has a file.
fn item_json(shared: &Shared, request: &BufferedRequest, project: &Project, item: &Item, signed: bool) -> String {
    let wanted = signed && item.has_media();
    let url = wanted.then(|| shared.urls.url(&request.base(), item.uuid, &item.name));
    let identity = &project.identity;
    let entry = item.entry(identity.folder, &identity.owner, identity.created, url);
    // Serializing a struct of plain values cannot fail.
    serde_json::to_string(&entry).unwrap_or_default()
}

fn item_reply(shared: &Shared, request: &BufferedRequest, project: &Project, item: &Item, signed: bool) -> Reply {
    Reply::json_text(StatusCode::OK, item_json(shared, request, project, item, signed))
}

/// Returns all items as a single page (contract: `docs/contract/endpoints.md#paging`).
fn single_page(items: &[String]) -> Reply {
    Reply::json_text(StatusCode::OK, format!(r#"{{"results":[{}],"nextPageToken":null}}"#, items.join(",")))
}

fn children(shared: &Shared, request: &BufferedRequest, project: &Project, item: &Item) -> Reply {
    let children: Vec<Item> = {
        let world = project.world();
        item.children.iter().filter_map(|child| world.items.get(child).cloned()).collect()
    };
    let signed = request.flag("signUrls");
    let texts: Vec<_> = children.iter().map(|child| item_json(shared, request, project, child, signed)).collect();
    single_page(&texts)
}

fn get_bulk(shared: &Shared, request: &BufferedRequest) -> Reply {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Payload {
        item_uuids: Vec<Uuid>,
        #[serde(default)]
        sign_urls: bool,
    }
    let payload: Payload = match body(request) {
        Ok(payload) => payload,
        Err(refusal) => return Reply::refused(&refusal),
    };
    let items: Option<Vec<_>> = payload.item_uuids.iter().map(|uuid| shared.item(*uuid)).collect();
    let Some(items) = items else { return Reply::message(StatusCode::FORBIDDEN, ITEMS_FORBIDDEN) };
    let texts: Vec<_> =
        items.iter().map(|(project, item)| item_json(shared, request, project, item, payload.sign_urls)).collect();
    single_page(&texts)
}

async fn patch_one(shared: &Shared, request: &BufferedRequest, project: &Arc<Project>, item: Uuid) -> Reply {
    let patch: ItemPatch = match body(request) {
        Ok(patch) => patch,
        Err(refusal) => return Reply::refused(&refusal),
    };
    let at = Arc::clone(project);
    match blocking(move || at.patch_items(vec![(item, patch)])).await {
        Ok(items) => match items.first() {
            Some(item) => item_reply(shared, request, project, item, false),
            None => Reply::message(StatusCode::FORBIDDEN, ITEM_FORBIDDEN),
        },
        Err(refusal) => Reply::refused(&refusal),
    }
}

/// Patches by item, in the order of the request.
type Patches = Vec<(Uuid, ItemPatch)>;

fn patches(request: &BufferedRequest) -> Result<Patches, Refusal> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Body<'a> {
        #[serde(borrow)]
        item_patches: Members<'a>,
    }
    let body: Body<'_> = body(request)?;
    let patches = body.item_patches.iter().map(|(item, patch)| {
        let invalid = |problem: String| Refusal::InvalidArguments(problem);
        let item = Uuid::parse_str(item).map_err(|_| invalid(format!("{item} is not a UUID")))?;
        let patch = serde_json::from_str(patch.get()).map_err(|error| invalid(error.to_string()))?;
        Ok((item, patch))
    });
    patches.collect()
}

async fn patch_bulk(shared: &Arc<Shared>, request: &BufferedRequest) -> Reply {
    let patches = match patches(request) {
        Ok(patches) => patches,
        Err(refusal) => return Reply::refused(&refusal),
    };
    let order: Vec<Uuid> = patches.iter().map(|(item, _)| *item).collect();
    let mut by_project: HashMap<Uuid, (Arc<Project>, Patches)> = HashMap::new();
    for (item, patch) in patches {
        let Some((project, _)) = shared.item(item) else {
            return Reply::message(StatusCode::FORBIDDEN, ITEMS_FORBIDDEN);
        };
        let of_project = by_project.entry(project.identity.project);
        of_project.or_insert_with(|| (Arc::clone(project), Vec::new())).1.push((item, patch));
    }
    for (project, patches) in by_project.into_values() {
        if let Err(refusal) = blocking(move || project.patch_items(patches)).await {
            return Reply::refused(&refusal);
        }
    }
    let items = order.iter().filter_map(|uuid| shared.item(*uuid));
    let texts: Vec<_> = items.map(|(project, item)| item_json(shared, request, project, &item, false)).collect();
    single_page(&texts)
}
