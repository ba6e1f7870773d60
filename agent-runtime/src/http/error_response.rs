//! Error responses: the JSON that the editor shows.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use serde::Serialize;

use agent_core::error::{AgentError, ErrorStatus, FieldError, IntoMessage};

use crate::settings::ErrorCauses;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    message: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
}

/// Returns the response of an error.
pub(crate) fn error_response(error: &AgentError, causes: ErrorCauses) -> Response<Body> {
    let status = error.status().code();
    let trace_id = error.trace_id().filter(|_| status.is_server_error());
    let reportable = match (error.status(), trace_id) {
        (ErrorStatus::Internal, Some(id)) => Some(format!("{} Please report trace {id}.", error.message())),
        _ => None,
    };
    let detail = (causes == ErrorCauses::InResponses).then(|| error.chain()).filter(|chain| !chain.is_empty());
    let wire = Wire {
        message: reportable.as_deref().unwrap_or(error.message()),
        errors: error.fields(),
        trace_id,
        detail: detail.as_deref(),
    };
    // Strings and numbers always serialize.
    let body = serde_json::to_vec(&wire).unwrap_or_default();
    let mut response = json_response(status, body);
    if let Some(after) = error.retry_after() {
        let seconds = after.as_secs() + u64::from(after.subsec_nanos() > 0);
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// Returns a response whose body is JSON already.
pub(crate) fn json_response(status: StatusCode, body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// An error as the response of an axum handler beside the agents: the public message, without the cause.
///
/// ```
/// use agent_runtime::prelude::*;
/// use agent_runtime::ErrorResponse;
///
/// async fn models() -> Result<String, ErrorResponse> {
///     let list: Option<String> = None;
///     Ok(list.or_complain("There are no models.")?)
/// }
/// ```
#[derive(Debug)]
pub struct ErrorResponse(AgentError);

impl ErrorResponse {
    /// Creates an error response with this status and public message.
    pub fn new(status: ErrorStatus, message: impl IntoMessage) -> Self {
        Self(AgentError::new(status, message))
    }
}

impl<E: Into<AgentError>> From<E> for ErrorResponse {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for ErrorResponse {
    fn into_response(self) -> axum::response::Response {
        error_response(&self.0, ErrorCauses::Hidden)
    }
}
