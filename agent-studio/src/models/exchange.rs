//! Recorded requests and responses, as a case has them in `models.json`.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use data_encoding::HEXLOWER;
use reqwest::header::HeaderMap;
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// Response headers that are recorded. Others may identify an account, or belong to the connection.
const HEADERS: [&str; 4] = ["content-type", "inference-header-content-length", "location", "retry-after"];

/// The requests of one call to model servers.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ModelRecording {
    /// Environment variables with the URLs of the servers, and the text of each URL after its origin, such as `/v1`.
    pub(crate) servers: BTreeMap<String, String>,
    /// In the order in which the requests arrived.
    pub(crate) exchanges: Vec<ModelExchange>,
}

/// A request and its response.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ModelExchange {
    /// Environment variable with the URL of the server.
    pub(crate) server: String,
    pub(crate) request: ModelRequest,
    pub(crate) response: ModelResponse,
}

/// The parts of a request by which its response is found again. Headers may hold an API key, and bodies are large, so neither is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ModelRequest {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) target: String,
    /// Length of the body, in bytes.
    pub(crate) bytes: usize,
    /// SHA-256 of the body.
    pub(crate) sha256: String,
}

/// A recorded response.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ModelResponse {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    body: Body,
}

/// A body in its most readable form.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Body {
    Json(Box<RawValue>),
    Text(String),
    Base64(String),
}

impl ModelRequest {
    /// Describes a request.
    pub(crate) fn new(method: &str, target: &str, body: &[u8]) -> Self {
        let sha256 = HEXLOWER.encode(digest(&SHA256, body).as_ref());
        Self { method: method.to_owned(), target: target.to_owned(), bytes: body.len(), sha256 }
    }

    /// Returns whether method, path and query are those of another request.
    pub(crate) fn has_target_of(&self, other: &Self) -> bool {
        self.method == other.method && self.target == other.target
    }
}

impl ModelResponse {
    pub(crate) fn new(status: u16, headers: &HeaderMap, body: &[u8]) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let headers = HEADERS.iter().filter_map(|name| Some(((*name).to_owned(), text(name)?))).collect();
        Self { status, headers, body: Body::new(body) }
    }

    /// Returns the body. JSON has other white space than the recorded body.
    pub(crate) fn body(&self) -> Option<Bytes> {
        Some(match &self.body {
            Body::Json(value) => Bytes::from(value.get().to_owned()),
            Body::Text(text) => Bytes::from(text.clone()),
            Body::Base64(text) => Bytes::from(STANDARD.decode(text).ok()?),
        })
    }
}

impl Body {
    fn new(body: &[u8]) -> Self {
        match std::str::from_utf8(body) {
            Ok(text) => serde_json::from_str(text).map_or_else(|_| Self::Text(text.to_owned()), Self::Json),
            Err(_) => Self::Base64(STANDARD.encode(body)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_restored_from_their_readable_form() {
        for (body, member) in
            [(&br#"{"a": 1.50}"#[..], "json"), (b"data: a\n\n", "text"), (b"", "text"), (b"\xff\x00", "base64")]
        {
            let response = ModelResponse::new(200, &HeaderMap::new(), body);
            let text = serde_json::to_string(&response).unwrap();
            assert!(text.contains(&format!("\"{member}\":")), "{text}");
            let read: ModelResponse = serde_json::from_str(&text).unwrap();
            assert_eq!(read.body().unwrap(), body);
        }
    }

    #[test]
    fn headers_of_accounts_are_not_recorded() {
        let pairs = [("content-type", "application/json"), ("set-cookie", "a=b"), ("openai-organization", "acme")];
        let headers = pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        let response = ModelResponse::new(200, &headers.collect::<HeaderMap>(), b"{}");
        assert_eq!(response.headers.keys().collect::<Vec<_>>(), ["content-type"]);
    }
}
