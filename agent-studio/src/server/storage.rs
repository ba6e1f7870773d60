//! Storage items.

use std::collections::HashMap;
use std::sync::Arc;

use hyper::StatusCode;
use serde::Deserialize;
use uuid::Uuid;

use crate::project::{Item, ItemPatch, Project, Refusal};
use crate::raw_json::Members;

use super::answer::Answer;
use super::incoming::Incoming;
use super::legacy::blocking;
use super::shared::Shared;
use super::v2_request::{body, not_supported};

const NOT_THIS: &str = "You are not authorised to access this item.";
const NOT_SOME: &str = "You are not authorised to access some of the items.";

/// Answers what is asked of the storage (contract: `docs/contract/endpoints.md#get-storage-item`).
pub(crate) async fn storage(shared: &Arc<Shared>, request: &Incoming, path: &[&str]) -> Answer {
    match (request.method.as_str(), path) {
        ("POST", ["items", "get-bulk"]) => get_bulk(shared, request),
        ("PATCH", ["items", "patch-bulk"]) => patch_bulk(shared, request).await,
        ("GET", ["items", item]) => match found(shared, item) {
            Some((project, item)) => one(shared, request, project, &item, request.flag("signUrl")),
            None => Answer::message(StatusCode::FORBIDDEN, NOT_THIS),
        },
        ("GET" | "PATCH", ["folders", folder, "items", item, rest @ ..]) => {
            let inside = found(shared, item)
                .filter(|(project, _)| Uuid::parse_str(folder).is_ok_and(|uuid| uuid == project.identity.folder));
            let Some((project, item)) = inside else { return Answer::message(StatusCode::FORBIDDEN, NOT_THIS) };
            match (request.method.as_str(), rest) {
                ("GET", ["child-items"]) => children(shared, request, project, &item),
                ("PATCH", []) => patch_one(shared, request, project, item.uuid).await,
                _ => not_supported(request),
            }
        }
        _ => not_supported(request),
    }
}

fn found<'a>(shared: &'a Shared, item: &str) -> Option<(&'a Arc<Project>, Item)> {
    shared.item(Uuid::parse_str(item).ok()?)
}

/// An item as JSON, with a signed URL if it is wanted and there is a file.
fn text(shared: &Shared, request: &Incoming, project: &Project, item: &Item, signed: bool) -> String {
    let wanted = signed && item.has_media();
    let url = wanted.then(|| shared.urls.url(&request.base(), item.uuid, &item.name));
    let identity = &project.identity;
    let answer = item.answer(identity.folder, &identity.owner, identity.created, url);
    // A struct of plain values always has a JSON text.
    serde_json::to_string(&answer).unwrap_or_default()
}

fn one(shared: &Shared, request: &Incoming, project: &Project, item: &Item, signed: bool) -> Answer {
    Answer::json_text(StatusCode::OK, text(shared, request, project, item, signed))
}

/// A page that is read only once: all of it (contract: `docs/contract/endpoints.md#paging`).
fn whole_page(items: &[String]) -> Answer {
    Answer::json_text(StatusCode::OK, format!(r#"{{"results":[{}],"nextPageToken":null}}"#, items.join(",")))
}

fn children(shared: &Shared, request: &Incoming, project: &Project, item: &Item) -> Answer {
    let children: Vec<Item> = {
        let world = project.world();
        item.children.iter().filter_map(|child| world.items.get(child).cloned()).collect()
    };
    let signed = request.flag("signUrls");
    let texts: Vec<_> = children.iter().map(|child| text(shared, request, project, child, signed)).collect();
    whole_page(&texts)
}

fn get_bulk(shared: &Shared, request: &Incoming) -> Answer {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Wanted {
        item_uuids: Vec<Uuid>,
        #[serde(default)]
        sign_urls: bool,
    }
    let wanted: Wanted = match body(request) {
        Ok(wanted) => wanted,
        Err(refusal) => return Answer::refused(&refusal),
    };
    let items: Option<Vec<_>> = wanted.item_uuids.iter().map(|uuid| shared.item(*uuid)).collect();
    let Some(items) = items else { return Answer::message(StatusCode::FORBIDDEN, NOT_SOME) };
    let texts: Vec<_> =
        items.iter().map(|(project, item)| text(shared, request, project, item, wanted.sign_urls)).collect();
    whole_page(&texts)
}

async fn patch_one(shared: &Shared, request: &Incoming, project: &Arc<Project>, item: Uuid) -> Answer {
    let patch: ItemPatch = match body(request) {
        Ok(patch) => patch,
        Err(refusal) => return Answer::refused(&refusal),
    };
    let at = Arc::clone(project);
    match blocking(move || at.patch_items(vec![(item, patch)])).await {
        Ok(items) => match items.first() {
            Some(item) => one(shared, request, project, item, false),
            None => Answer::message(StatusCode::FORBIDDEN, NOT_THIS),
        },
        Err(refusal) => Answer::refused(&refusal),
    }
}

/// Patches by item, in the order in which they were sent.
type Patches = Vec<(Uuid, ItemPatch)>;

fn patches(request: &Incoming) -> Result<Patches, Refusal> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Body<'a> {
        #[serde(borrow)]
        item_patches: Members<'a>,
    }
    let body: Body<'_> = body(request)?;
    let read = body.item_patches.iter().map(|(item, patch)| {
        let invalid = |problem: String| Refusal::InvalidArguments(problem);
        let item = Uuid::parse_str(item).map_err(|_| invalid(format!("{item} is no UUID")))?;
        let patch = serde_json::from_str(patch.get()).map_err(|error| invalid(error.to_string()))?;
        Ok((item, patch))
    });
    read.collect()
}

async fn patch_bulk(shared: &Arc<Shared>, request: &Incoming) -> Answer {
    let patches = match patches(request) {
        Ok(patches) => patches,
        Err(refusal) => return Answer::refused(&refusal),
    };
    let order: Vec<Uuid> = patches.iter().map(|(item, _)| *item).collect();
    let mut by_project: HashMap<Uuid, (Arc<Project>, Patches)> = HashMap::new();
    for (item, patch) in patches {
        let Some((project, _)) = shared.item(item) else { return Answer::message(StatusCode::FORBIDDEN, NOT_SOME) };
        let of_project = by_project.entry(project.identity.project);
        of_project.or_insert_with(|| (Arc::clone(project), Vec::new())).1.push((item, patch));
    }
    for (project, patches) in by_project.into_values() {
        if let Err(refusal) = blocking(move || project.patch_items(patches)).await {
            return Answer::refused(&refusal);
        }
    }
    let items = order.iter().filter_map(|uuid| shared.item(*uuid));
    let texts: Vec<_> = items.map(|(project, item)| text(shared, request, project, &item, false)).collect();
    whole_page(&texts)
}
