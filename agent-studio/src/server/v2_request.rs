//! Bodies of v2 requests, and the reply to unsupported requests.

use serde::Deserialize;

use super::buffered_request::BufferedRequest;
use super::reply::Reply;
use crate::project::Refusal;

/// Returns a 501 reply that names the unsupported request.
pub(super) fn not_supported(request: &BufferedRequest) -> Reply {
    Reply::refused(&Refusal::NotSupported(format!("`{} {}`", request.method, request.path())))
}

/// Deserializes the body.
pub(super) fn body<'a, T: Deserialize<'a>>(request: &'a BufferedRequest) -> Result<T, Refusal> {
    serde_json::from_slice(&request.body).map_err(|error| Refusal::InvalidArguments(error.to_string()))
}
