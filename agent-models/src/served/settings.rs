//! Settings of the client of one model.

use std::time::Duration;

use agent_platform::memory::ByteBudget;
use reqwest::header::HeaderMap;

/// Default of `ServedModelBuilder::timeout`.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(20);
/// Default of `ServedModelBuilder::connect_timeout`.
const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// Default of `ServedModelBuilder::retries`.
const DEFAULT_RETRIES: u32 = 2;
/// Default of `ServedModelBuilder::max_response_bytes`.
const DEFAULT_MAX_RESPONSE_BYTES: usize = 64 << 20;

/// The settings.
pub(super) struct Settings {
    pub(super) timeout: Duration,
    pub(super) connect_timeout: Duration,
    pub(super) retries: u32,
    pub(super) max_response_bytes: usize,
    pub(super) headers: HeaderMap,
    pub(super) batching: Option<Batching>,
    /// The budget of calls without an `EditorCall`, and of metadata.
    pub(super) memory: ByteBudget,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            timeout: DEFAULT_TIMEOUT,
            connect_timeout: DEFAULT_CONNECT_TIMEOUT,
            retries: DEFAULT_RETRIES,
            max_response_bytes: DEFAULT_MAX_RESPONSE_BYTES,
            headers: HeaderMap::new(),
            batching: None,
            memory: ByteBudget::global(),
        }
    }
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
