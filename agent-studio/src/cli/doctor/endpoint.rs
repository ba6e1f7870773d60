//! The address of an agent or handler that the doctor calls.

use std::time::Duration;

use reqwest::Url;

use crate::cli::listing::SignaturePolicy;

/// Timeout of one response.
pub(super) const RESPONSE_TIMEOUT: Duration = Duration::from_secs(20);

/// The URL of an agent or handler, and its signature policy.
pub(super) struct Endpoint {
    pub(super) url: Url,
    pub(super) signature: SignaturePolicy,
}
