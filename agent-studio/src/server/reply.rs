//! Replies of the platform's handlers, before they are converted to HTTP responses.

use axum::body::Body;
use bytes::Bytes;
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::{HeaderMap, Response, StatusCode};
use serde::Serialize;

use crate::project::Refusal;

/// Content security policy of documents that do not belong to the page: no scripts, no requests, an opaque origin.
pub(super) const SANDBOX: &str = "default-src 'none'; sandbox";

/// A reply: status, headers and body.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: ReplyBody,
}

/// The body of a reply.
#[derive(Debug)]
pub(crate) enum ReplyBody {
    Bytes(Bytes),
    /// A streamed body and its length in bytes.
    Stream(Body, u64),
}

impl ReplyBody {
    pub(crate) fn len(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Stream(_, length) => *length,
        }
    }
}

impl Reply {
    pub(crate) fn new(status: StatusCode, body: impl Into<Bytes>) -> Self {
        Self { status, headers: HeaderMap::new(), body: ReplyBody::Bytes(body.into()) }
    }

    /// Creates a reply from JSON text.
    pub(crate) fn json_text(status: StatusCode, json: impl Into<Bytes>) -> Self {
        Self::new(status, json).with(CONTENT_TYPE, HeaderValue::from_static("application/json"))
    }

    /// Creates a reply by serializing a value to JSON.
    pub(crate) fn json(status: StatusCode, value: &impl Serialize) -> Self {
        match serde_json::to_vec(value) {
            Ok(json) => Self::json_text(status, json),
            Err(error) => Self::message(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
        }
    }

    /// Creates an error reply of the v2 API (contract: `docs/contract/endpoints.md#v2-responses`).
    pub(crate) fn message(status: StatusCode, message: &str) -> Self {
        Self::json_text(status, serde_json::json!({ "message": message }).to_string())
    }

    /// Converts a refusal to an error reply of the v2 API. A missing resource gets 403, like one that the caller may
    /// not access.
    pub(crate) fn refused(refusal: &Refusal) -> Self {
        let status = match refusal {
            Refusal::NotFound(_) => StatusCode::FORBIDDEN,
            Refusal::WriteFailed(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Refusal::NotSupported(_) => StatusCode::NOT_IMPLEMENTED,
            _ => StatusCode::BAD_REQUEST,
        };
        let payload = refusal.payload();
        Self::message(status, payload.as_str().unwrap_or("Provided payload is invalid and can't be processed."))
    }

    pub(crate) fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    pub(crate) fn into_response(self) -> Response<Body> {
        let length = self.body.len();
        let body = match self.body {
            ReplyBody::Bytes(bytes) => Body::from(bytes),
            ReplyBody::Stream(body, _) => body,
        };
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        if self.status != StatusCode::NO_CONTENT {
            response.headers_mut().insert(CONTENT_LENGTH, length.into());
        }
        response
    }
}

/// Wraps JSON text in a success envelope of the legacy API (contract: `docs/contract/endpoints.md#legacy-envelope`).
pub(crate) fn envelope(response: &str) -> Reply {
    Reply::json_text(StatusCode::OK, [r#"{"status":200,"response":"#, response, "}"].concat())
}

/// Creates an error envelope of the legacy API: HTTP 200 with status and code in the body.
pub(crate) fn legacy_error(status: u16, code: &str, payload: &serde_json::Value) -> Reply {
    let body = serde_json::json!({ "status": status, "response": [code], "payload": payload });
    Reply::json_text(StatusCode::OK, body.to_string())
}

impl From<Refusal> for Reply {
    /// Converts the refusal to an error envelope of the legacy API.
    fn from(refusal: Refusal) -> Self {
        let (code, status) = refusal.code();
        legacy_error(status, code, &refusal.payload())
    }
}
