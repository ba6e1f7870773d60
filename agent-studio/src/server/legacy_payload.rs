//! Parsing of payloads of legacy requests.

use serde::Deserialize;

use super::buffered_request::Values;
use crate::project::Refusal;

/// Parses the payload. A missing payload gives the default.
pub(super) fn payload<'a, T: Deserialize<'a> + Default>(values: &Values<'a>) -> Result<T, Refusal> {
    let Some(payload) = values.payload.filter(|payload| payload.get() != "null") else { return Ok(T::default()) };
    serde_json::from_str(payload.get()).map_err(|error| Refusal::InvalidArguments(format!("payload: {error}")))
}
