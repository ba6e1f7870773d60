//! Settings of the calls of a run.

use std::time::Duration;

/// Settings of the calls, which can differ when a run continues.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Execution {
    /// Number of data units that are processed at once. Default: 4.
    pub concurrency: usize,
    /// Maximum number of calls per second. Default: no limit.
    pub rate: Option<f64>,
    /// Maximum number of retries of a call. Default: 5.
    pub retries: u32,
    /// Timeout of a call. Default: 120 s.
    pub timeout: Duration,
    /// Time after which calls of an interrupted run have certainly ended. Default: 30 s.
    pub settle: Duration,
}

impl Default for Execution {
    fn default() -> Self {
        Self {
            concurrency: 4,
            rate: None,
            retries: 5,
            timeout: Duration::from_secs(120),
            settle: Duration::from_secs(30),
        }
    }
}
