//! Responses in the formats of function URLs and API Gateways.

use std::collections::BTreeMap;

use axum::http::{HeaderMap, Method, header};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use http_body_util::BodyExt;
use serde::Serialize;

/// The format of a response's headers, which is that of the event.
#[derive(Debug, Clone, Copy)]
pub(super) enum HeaderForm {
    /// Format 2.0, and function URLs: values joined by commas, cookies in a separate list.
    Joined,
    /// Format 1.0: a list of values for each header.
    Lists,
}

/// The response to an event.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LambdaResponse {
    status_code: u16,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    headers: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    multi_value_headers: BTreeMap<String, Vec<String>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cookies: Vec<String>,
    /// Text, or base64 if the body is not UTF-8.
    body: String,
    is_base64_encoded: bool,
}

impl LambdaResponse {
    /// Converts a response, and reads its whole body.
    ///
    /// # Errors
    /// The body ended with an error.
    pub(super) async fn from_response(response: Response, method: &Method, form: HeaderForm) -> Result<Self, String> {
        let (parts, body) = response.into_parts();
        let body = body.collect().await.map_err(|error| format!("The answer broke off: {error}"))?.to_bytes();
        let (body, is_base64_encoded) = match String::from_utf8(body.into()) {
            // Over a connection, hyper omits the body of a response to HEAD.
            _ if method == Method::HEAD => (String::new(), false),
            Ok(text) => (text, false),
            Err(not_text) => (BASE64.encode(not_text.as_bytes()), true),
        };
        let mut lists = lists(&parts.headers);
        let mut converted = Self {
            status_code: parts.status.as_u16(),
            headers: BTreeMap::new(),
            multi_value_headers: BTreeMap::new(),
            cookies: Vec::new(),
            body,
            is_base64_encoded,
        };
        match form {
            HeaderForm::Lists => converted.multi_value_headers = lists,
            HeaderForm::Joined => {
                converted.cookies = lists.remove(header::SET_COOKIE.as_str()).unwrap_or_default();
                converted.headers = lists.into_iter().map(|(name, values)| (name, values.join(", "))).collect();
            }
        }
        Ok(converted)
    }
}

/// Returns the headers without `Content-Length`, which the gateway computes, and which differs for base64.
fn lists(headers: &HeaderMap) -> BTreeMap<String, Vec<String>> {
    let mut lists: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in headers.iter().filter(|(name, _)| *name != header::CONTENT_LENGTH) {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        lists.entry(name.as_str().to_owned()).or_default().push(value);
    }
    lists
}
