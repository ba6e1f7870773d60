//! Pagination of v2 listings.
//!
//! A page token contains the last entry of its page instead of an offset. Entries that leave the listing between two
//! requests, such as tasks that an agent moves on, therefore do not make the reader skip others.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hyper::StatusCode;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::project::Refusal;
use crate::raw_json::quoted;

use super::buffered_request::BufferedRequest;
use super::reply::Reply;
use super::shared::Shared;

/// Returns the last entry of the previous page; `None` for the first page.
///
/// # Errors
/// This server did not issue the token for such a listing.
pub(super) fn last_entry<T: DeserializeOwned>(request: &BufferedRequest) -> Result<Option<T>, Refusal> {
    let Some(token) = request.parameter("pageToken") else { return Ok(None) };
    let text = URL_SAFE_NO_PAD.decode(&token).ok();
    let entry = text.and_then(|text| serde_json::from_slice(&text).ok());
    let unknown = || Refusal::InvalidArguments("pageToken is unknown. Repeat the request without it".to_owned());
    entry.ok_or_else(unknown).map(Some)
}

/// Returns the maximum number of results of a page.
pub(super) fn page_size(shared: &Shared, request: &BufferedRequest) -> usize {
    let number = |name: &str| request.parameter(name).and_then(|value| value.parse::<usize>().ok());
    number("limit").or(number("pageSize")).unwrap_or(shared.page_size).max(1)
}

/// Returns the next page. `following` are the entries after the caller's last one, each with the content of its page
/// token (contract: `docs/contract/endpoints.md#paging`).
pub(super) fn page_of<T: Serialize>(shared: &Shared, request: &BufferedRequest, following: &[(T, String)]) -> Reply {
    let size = page_size(shared, request);
    let page = &following[..size.min(following.len())];
    let next = match page.last() {
        // Serializing a plain value cannot fail.
        Some((last, _)) if page.len() < following.len() => {
            quoted(&URL_SAFE_NO_PAD.encode(serde_json::to_vec(last).unwrap_or_default()))
        }
        _ => "null".to_owned(),
    };
    let texts: Vec<&str> = page.iter().map(|(_, text)| text.as_str()).collect();
    Reply::json_text(StatusCode::OK, format!(r#"{{"results":[{}],"nextPageToken":{next}}}"#, texts.join(",")))
}

/// Returns a page of a listing whose entries have unique names. Only sorted listings may lose entries between two
/// requests.
pub(super) fn page(shared: &Shared, request: &BufferedRequest, all: &[(String, serde_json::Value)]) -> Reply {
    let texts: Vec<_> = all.iter().map(|(name, value)| (name.clone(), value.to_string())).collect();
    page_of_named(shared, request, texts)
}

/// Like [`page`], for entries that are already serialized to JSON.
pub(super) fn page_of_named(shared: &Shared, request: &BufferedRequest, mut all: Vec<(String, String)>) -> Reply {
    match last_entry::<String>(request) {
        Err(refusal) => Reply::refused(&refusal),
        Ok(None) => page_of(shared, request, &all),
        Ok(Some(last)) => {
            let at = all.iter().position(|(name, _)| *name == last).map(|at| at + 1);
            let start = at.or_else(|| all.iter().position(|(name, _)| *name > last)).unwrap_or(all.len());
            page_of(shared, request, &all.split_off(start))
        }
    }
}
