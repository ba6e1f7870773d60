//! How much a client has asked of the platform.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::PlatformClient;

/// What all clones of a client have asked of the platform since it was set up: for metrics.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Traffic {
    /// HTTP requests, repetitions among them; those for files too.
    pub requests: u64,
    /// Requests that repeat one that failed.
    pub repetitions: u64,
    /// Calls that were given up: not answered, or with 500 and above.
    pub failures: u64,
    /// How many of those came last, one after the other: 0 if the last call was answered.
    pub failures_in_a_row: u64,
}

/// The numbers while they grow.
#[derive(Debug, Default)]
pub(super) struct Counters {
    requests: AtomicU64,
    repetitions: AtomicU64,
    failures: AtomicU64,
    failures_in_a_row: AtomicU64,
}

impl Counters {
    pub(super) fn request(&self) {
        self.requests.fetch_add(1, Relaxed);
    }

    pub(super) fn repetition(&self) {
        self.repetitions.fetch_add(1, Relaxed);
    }

    /// A call has come to its end.
    pub(super) fn ended(&self, answered: bool) {
        if answered {
            self.failures_in_a_row.store(0, Relaxed);
        } else {
            self.failures.fetch_add(1, Relaxed);
            self.failures_in_a_row.fetch_add(1, Relaxed);
        }
    }
}

impl PlatformClient {
    /// How much was asked of the platform so far.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        let counters = &self.shared.traffic;
        Traffic {
            requests: counters.requests.load(Relaxed),
            repetitions: counters.repetitions.load(Relaxed),
            failures: counters.failures.load(Relaxed),
            failures_in_a_row: counters.failures_in_a_row.load(Relaxed),
        }
    }
}
