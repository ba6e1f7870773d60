//! Request counters of a client.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::PlatformClient;

/// Request counters of all clones of a client since it was built, for metrics.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Traffic {
    /// HTTP requests, including retries and file downloads.
    pub requests: u64,
    /// Retries of failed requests.
    pub retries: u64,
    /// Failed calls: without a response, or with a status of 500 and above.
    pub failures: u64,
    /// Consecutive failed calls: 0 if the last call got a response.
    pub consecutive_failures: u64,
}

/// The live counters.
#[derive(Debug, Default)]
pub(super) struct Counters {
    requests: AtomicU64,
    retries: AtomicU64,
    failures: AtomicU64,
    consecutive_failures: AtomicU64,
}

impl Counters {
    pub(super) fn request(&self) {
        self.requests.fetch_add(1, Relaxed);
    }

    pub(super) fn retry(&self) {
        self.retries.fetch_add(1, Relaxed);
    }

    /// Counts the end of a call.
    pub(super) fn ended(&self, answered: bool) {
        if answered {
            self.consecutive_failures.store(0, Relaxed);
        } else {
            self.failures.fetch_add(1, Relaxed);
            self.consecutive_failures.fetch_add(1, Relaxed);
        }
    }
}

impl PlatformClient {
    /// Returns the request counters.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        let counters = &self.shared.traffic;
        Traffic {
            requests: counters.requests.load(Relaxed),
            retries: counters.retries.load(Relaxed),
            failures: counters.failures.load(Relaxed),
            consecutive_failures: counters.consecutive_failures.load(Relaxed),
        }
    }
}
