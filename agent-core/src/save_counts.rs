//! Counts of a call's saves, for `/metrics`.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// A count that only grows.
#[derive(Debug, Default)]
pub struct Count(AtomicU64);

impl Count {
    /// Adds one.
    pub fn add_one(&self) {
        self.0.fetch_add(1, Relaxed);
    }

    /// Returns the count.
    #[must_use]
    pub fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// The saves of one call, over all runs of its agent.
#[derive(Debug, Default)]
pub struct SaveCounts {
    /// Saves that the platform acknowledged.
    pub saves: Count,
    /// Times that edits were merged into a newer row.
    pub merges: Count,
    /// Read-backs that found the edits overwritten by somebody else's save.
    pub overwritten: Count,
    /// Read-backs that failed.
    pub unread: Count,
}
