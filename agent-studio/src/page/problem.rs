//! What goes wrong behind the page, as the page reads it.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use serde::Serialize;

use agent_platform::labels::{EditError, ReadError, RowError};

use crate::project::Refusal;

/// A problem: a status, a sentence for the person, and a word for the page where it acts on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) status: StatusCode,
    pub(super) message: String,
    pub(super) reason: Option<&'static str>,
}

#[derive(Serialize)]
struct Wire<'a> {
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

impl Problem {
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), reason: None }
    }

    pub(super) fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    pub(super) fn missing(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    /// The row is not the one that the page knows.
    pub(super) fn changed(by: Option<&str>) -> Self {
        let who = by.unwrap_or("Somebody");
        let message = format!("{who} saved these labels since you opened them. Nothing of yours was written.");
        Self { reason: Some("changed"), ..Self::new(StatusCode::CONFLICT, message) }
    }

    pub(super) fn response(&self) -> Response<Body> {
        let wire = Wire { message: &self.message, reason: self.reason };
        json(self.status, serde_json::to_string(&wire).unwrap_or_default())
    }
}

/// An answer that is JSON already.
pub(super) fn json(status: StatusCode, text: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(text.into());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let status = match refusal {
            Refusal::NotFound(_) => StatusCode::NOT_FOUND,
            Refusal::NotKept(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Refusal::NotSupported(_) => StatusCode::NOT_IMPLEMENTED,
            _ => StatusCode::BAD_REQUEST,
        };
        Self::new(status, refusal.to_string())
    }
}

impl From<EditError> for Problem {
    fn from(error: EditError) -> Self {
        Self::bad(sentence(&error.to_string()))
    }
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        Self::bad(sentence(&error.to_string()))
    }
}

impl From<RowError> for Problem {
    fn from(error: RowError) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, sentence(&error.to_string()))
    }
}

/// With a capital and a full stop, as a person reads it.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}
