//! Bodies of v2 requests, and the answer to those that are not supported.

use serde::Deserialize;

use super::answer::Answer;
use super::incoming::Incoming;
use crate::project::Refusal;

/// Says by its name which call is not supported.
pub(super) fn not_supported(request: &Incoming) -> Answer {
    Answer::refused(&Refusal::NotSupported(format!("`{} {}`", request.method, request.path())))
}

/// The body as a value.
pub(super) fn body<'a, T: Deserialize<'a>>(request: &'a Incoming) -> Result<T, Refusal> {
    serde_json::from_slice(&request.body).map_err(|error| Refusal::InvalidArguments(error.to_string()))
}
