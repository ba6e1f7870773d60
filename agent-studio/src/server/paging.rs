//! Pages of a v2 listing, and the tokens that continue them.
//!
//! A page token names the last entry of its page, not a position: entries that leave the listing between two requests, as
//! tasks do that an agent sends on, move nothing past the reader.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hyper::StatusCode;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::project::Refusal;
use crate::raw_json::quoted;

use super::answer::Answer;
use super::incoming::Incoming;
use super::shared::Shared;

/// Returns the entry after which the caller continues; `None` for the first page.
///
/// # Errors
/// A token that this server did not issue for such a listing.
pub(super) fn after<T: DeserializeOwned>(request: &Incoming) -> Result<Option<T>, Refusal> {
    let Some(token) = request.parameter("pageToken") else { return Ok(None) };
    let text = URL_SAFE_NO_PAD.decode(&token).ok();
    let entry = text.and_then(|text| serde_json::from_slice(&text).ok());
    let unknown = || Refusal::InvalidArguments("pageToken is unknown. Repeat the request without it".to_owned());
    entry.ok_or_else(unknown).map(Some)
}

/// Makes a page of the entries that follow the last one the caller has, each with what its token holds (contract:
/// `docs/contract/endpoints.md#paging`).
pub(super) fn page_of<T: Serialize>(shared: &Shared, request: &Incoming, following: &[(T, String)]) -> Answer {
    let number = |name: &str| request.parameter(name).and_then(|value| value.parse::<usize>().ok());
    let size = number("limit").or(number("pageSize")).unwrap_or(shared.page_size).max(1);
    let page = &following[..size.min(following.len())];
    let next = match page.last() {
        // A plain value always has a JSON text.
        Some((last, _)) if page.len() < following.len() => {
            quoted(&URL_SAFE_NO_PAD.encode(serde_json::to_vec(last).unwrap_or_default()))
        }
        _ => "null".to_owned(),
    };
    let texts: Vec<&str> = page.iter().map(|(_, text)| text.as_str()).collect();
    Answer::json_text(StatusCode::OK, format!(r#"{{"results":[{}],"nextPageToken":{next}}}"#, texts.join(",")))
}

/// Makes a page of a listing whose entries are known by name. Entries do not leave it, but for names that are sorted.
pub(super) fn page(shared: &Shared, request: &Incoming, all: &[(String, serde_json::Value)]) -> Answer {
    let texts: Vec<_> = all.iter().map(|(name, value)| (name.clone(), value.to_string())).collect();
    page_of_named(shared, request, texts)
}

/// Like [`page`], with entries that are JSON texts already.
pub(super) fn page_of_named(shared: &Shared, request: &Incoming, mut all: Vec<(String, String)>) -> Answer {
    match after::<String>(request) {
        Err(refusal) => Answer::refused(&refusal),
        Ok(None) => page_of(shared, request, &all),
        Ok(Some(last)) => {
            let at = all.iter().position(|(name, _)| *name == last).map(|at| at + 1);
            let start = at.or_else(|| all.iter().position(|(name, _)| *name > last)).unwrap_or(all.len());
            page_of(shared, request, &all.split_off(start))
        }
    }
}
