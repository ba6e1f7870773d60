//! Answers, before they are HTTP.

use axum::body::Body;
use bytes::Bytes;
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::{HeaderMap, Response, StatusCode};
use serde::Serialize;

use crate::project::Refusal;

/// Content security policy of documents that are not the page's: no script, no requests, an origin of their own.
pub(super) const SANDBOX: &str = "default-src 'none'; sandbox";

/// An answer: status, headers and body.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Payload,
}

/// The body of an answer.
#[derive(Debug)]
pub(crate) enum Payload {
    Bytes(Bytes),
    /// A body that is read while it is sent, and its length in bytes.
    Stream(Body, u64),
}

impl Payload {
    pub(crate) fn len(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Stream(_, length) => *length,
        }
    }
}

impl Answer {
    pub(crate) fn new(status: StatusCode, body: impl Into<Bytes>) -> Self {
        Self { status, headers: HeaderMap::new(), body: Payload::Bytes(body.into()) }
    }

    /// A JSON text.
    pub(crate) fn json_text(status: StatusCode, json: impl Into<Bytes>) -> Self {
        Self::new(status, json).with(CONTENT_TYPE, HeaderValue::from_static("application/json"))
    }

    /// A value as JSON.
    pub(crate) fn json(status: StatusCode, value: &impl Serialize) -> Self {
        match serde_json::to_vec(value) {
            Ok(json) => Self::json_text(status, json),
            Err(error) => Self::message(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
        }
    }

    /// An error of the v2 family (contract: `docs/contract/endpoints.md#v2-responses`).
    pub(crate) fn message(status: StatusCode, message: &str) -> Self {
        Self::json_text(status, serde_json::json!({ "message": message }).to_string())
    }

    /// A refusal of something in the v2 family. What is not there is not told from what is not for the caller.
    pub(crate) fn refused(refusal: &Refusal) -> Self {
        let status = match refusal {
            Refusal::NotFound(_) => StatusCode::FORBIDDEN,
            Refusal::NotKept(_) => StatusCode::INTERNAL_SERVER_ERROR,
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
            Payload::Bytes(bytes) => Body::from(bytes),
            Payload::Stream(body, _) => body,
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

/// A success of the legacy family (contract: `docs/contract/endpoints.md#legacy-envelope`), with a JSON text inside.
pub(crate) fn envelope(response: &str) -> Answer {
    Answer::json_text(StatusCode::OK, [r#"{"status":200,"response":"#, response, "}"].concat())
}

/// A failure of the legacy family: HTTP 200 with the status and the code inside.
pub(crate) fn legacy_error(status: u16, code: &str, payload: &serde_json::Value) -> Answer {
    let body = serde_json::json!({ "status": status, "response": [code], "payload": payload });
    Answer::json_text(StatusCode::OK, body.to_string())
}

impl From<Refusal> for Answer {
    /// The refusal as the legacy family says it.
    fn from(refusal: Refusal) -> Self {
        let (code, status) = refusal.code();
        legacy_error(status, code, &refusal.payload())
    }
}
