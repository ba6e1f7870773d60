//! Counts of the client of one model.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Counts since the client was built. Bytes are those of the bodies of inferences.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServedCounts {
    /// Requests that were sent, including retries.
    pub requests: u64,
    /// Bytes of these requests.
    pub bytes_sent: u64,
    /// Bytes of the tensors that were not sent, because the server keeps them.
    pub bytes_saved: u64,
    /// Bytes of responses, after decompression.
    pub bytes_received: u64,
    /// Requests for which the server did not have a tensor any more, so that it was sent again.
    pub tensors_missing: u64,
}

/// The counters.
#[derive(Debug, Default)]
pub(super) struct Counters {
    requests: AtomicU64,
    bytes_sent: AtomicU64,
    bytes_saved: AtomicU64,
    bytes_received: AtomicU64,
    tensors_missing: AtomicU64,
}

impl Counters {
    /// Counts a request with a body of this length.
    pub(super) fn sent(&self, bytes: usize) {
        self.requests.fetch_add(1, Relaxed);
        self.bytes_sent.fetch_add(bytes as u64, Relaxed);
    }

    /// Counts the body of a response.
    pub(super) fn received(&self, bytes: usize) {
        self.bytes_received.fetch_add(bytes as u64, Relaxed);
    }

    /// Counts tensors of this length that were not sent.
    pub(super) fn saved(&self, bytes: usize) {
        self.bytes_saved.fetch_add(bytes as u64, Relaxed);
    }

    /// Counts a request for which the server did not have a tensor.
    pub(super) fn missing(&self) {
        self.tensors_missing.fetch_add(1, Relaxed);
    }

    pub(super) fn snapshot(&self) -> ServedCounts {
        ServedCounts {
            requests: self.requests.load(Relaxed),
            bytes_sent: self.bytes_sent.load(Relaxed),
            bytes_saved: self.bytes_saved.load(Relaxed),
            bytes_received: self.bytes_received.load(Relaxed),
            tensors_missing: self.tensors_missing.load(Relaxed),
        }
    }
}
