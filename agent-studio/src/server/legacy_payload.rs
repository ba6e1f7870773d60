//! Payloads of legacy requests.

use serde::Deserialize;

use super::incoming::Values;
use crate::project::Refusal;

/// A payload; its default if there is none.
pub(super) fn payload<'a, T: Deserialize<'a> + Default>(values: &Values<'a>) -> Result<T, Refusal> {
    let Some(payload) = values.payload.filter(|payload| payload.get() != "null") else { return Ok(T::default()) };
    serde_json::from_str(payload.get()).map_err(|error| Refusal::InvalidArguments(format!("payload: {error}")))
}
