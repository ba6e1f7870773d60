//! Error responses of the page's API.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use serde::Serialize;

use agent_platform::labels::{EditError, ReadError, RowError};

use crate::project::Refusal;

/// An error response: a status, a message for the user, and a reason code if the page handles the error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) status: StatusCode,
    pub(super) message: String,
    pub(super) reason: Option<&'static str>,
}

#[derive(Serialize)]
struct ErrorBody<'a> {
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

impl Problem {
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), reason: None }
    }

    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    pub(super) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    /// Creates a conflict: somebody saved the row since the page read it.
    pub(super) fn conflict(by: Option<&str>) -> Self {
        let who = by.unwrap_or("Somebody");
        let message = format!("{who} saved these labels since you opened them. Your changes were not saved.");
        Self { reason: Some("changed"), ..Self::new(StatusCode::CONFLICT, message) }
    }

    pub(super) fn response(&self) -> Response<Body> {
        let body = ErrorBody { message: &self.message, reason: self.reason };
        json(self.status, serde_json::to_string(&body).unwrap_or_default())
    }
}

/// Creates a response from JSON text.
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
            Refusal::WriteFailed(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Refusal::NotSupported(_) => StatusCode::NOT_IMPLEMENTED,
            _ => StatusCode::BAD_REQUEST,
        };
        Self::new(status, refusal.to_string())
    }
}

impl From<EditError> for Problem {
    fn from(error: EditError) -> Self {
        Self::bad_request(sentence(&error.to_string()))
    }
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        Self::bad_request(sentence(&error.to_string()))
    }
}

impl From<RowError> for Problem {
    fn from(error: RowError) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, sentence(&error.to_string()))
    }
}

/// Capitalizes the first letter and adds a full stop.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}
