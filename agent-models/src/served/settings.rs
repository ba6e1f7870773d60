//! Settings of the client of one model.

use std::time::Duration;

use reqwest::header::HeaderMap;

/// The settings.
pub(super) struct Settings {
    pub(super) timeout: Duration,
    pub(super) connect_timeout: Duration,
    pub(super) retries: u32,
    pub(super) max_response_bytes: usize,
    pub(super) headers: HeaderMap,
    pub(super) batching: Option<Batching>,
}

/// Limits of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Batching {
    pub(super) max_batch: usize,
    pub(super) max_delay: Duration,
}

impl Batching {
    /// Creates the limits: the number of items with which a batch is sent at once, and the time that its first item waits for
    /// others. An item is one index of the first dimension of the inputs.
    #[must_use]
    pub fn new(max_batch: usize, max_delay: Duration) -> Self {
        Self { max_batch: max_batch.max(1), max_delay }
    }
}
