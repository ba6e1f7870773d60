//! An answer as function URLs and API Gateways take it.

use std::collections::BTreeMap;

use axum::http::{HeaderMap, Method, header};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use http_body_util::BodyExt;
use serde::Serialize;

/// How the headers of an answer are written: as those of the event were.
#[derive(Debug, Clone, Copy)]
pub(super) enum HeaderForm {
    /// Format 2.0, and function URLs: a header's values joined by commas, cookies apart.
    Joined,
    /// Format 1.0: a header's values in a list.
    Lists,
}

/// What an event is answered.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Answer {
    status_code: u16,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    headers: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    multi_value_headers: BTreeMap<String, Vec<String>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cookies: Vec<String>,
    /// Text, or base64 of what is none.
    body: String,
    is_base64_encoded: bool,
}

impl Answer {
    /// Reads the answer's whole body. Fails with what broke it off.
    pub(super) async fn of(response: Response, method: &Method, form: HeaderForm) -> Result<Self, String> {
        let (parts, body) = response.into_parts();
        let body = body.collect().await.map_err(|error| format!("The answer broke off: {error}"))?.to_bytes();
        let (body, is_base64_encoded) = match String::from_utf8(body.into()) {
            // As over a connection, where the HTTP library leaves it out.
            _ if method == Method::HEAD => (String::new(), false),
            Ok(text) => (text, false),
            Err(not_text) => (BASE64.encode(not_text.as_bytes()), true),
        };
        let mut lists = lists(&parts.headers);
        let mut answer = Self {
            status_code: parts.status.as_u16(),
            headers: BTreeMap::new(),
            multi_value_headers: BTreeMap::new(),
            cookies: Vec::new(),
            body,
            is_base64_encoded,
        };
        match form {
            HeaderForm::Lists => answer.multi_value_headers = lists,
            HeaderForm::Joined => {
                answer.cookies = lists.remove(header::SET_COOKIE.as_str()).unwrap_or_default();
                answer.headers = lists.into_iter().map(|(name, values)| (name, values.join(", "))).collect();
            }
        }
        Ok(answer)
    }
}

/// The headers, but for the length: the gateway counts for itself, and of base64 it would be another one.
fn lists(headers: &HeaderMap) -> BTreeMap<String, Vec<String>> {
    let mut lists: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in headers.iter().filter(|(name, _)| *name != header::CONTENT_LENGTH) {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        lists.entry(name.as_str().to_owned()).or_default().push(value);
    }
    lists
}
