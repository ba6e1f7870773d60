//! Counts of the client of one model.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use super::error_kind::ErrorKind;

/// Counts since the client was built. Bytes are those of the bodies of inferences.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServedCounts {
    /// Calls of `infer` and `infer_for` that returned a response or an error.
    pub inferences: u64,
    /// Inferences that returned an error.
    pub failures: u64,
    /// Requests that were sent, including retries.
    pub requests: u64,
    /// Elapsed time of these requests, from establishing the connection to the end of the response. A request that fails, times out or
    /// is cancelled is included; a request that is under way is not.
    pub request_time: Duration,
    /// Bytes of these requests.
    pub bytes_sent: u64,
    /// Bytes of the tensors that were not sent, because the server keeps them.
    pub bytes_saved: u64,
    /// Bytes of responses, after decompression.
    pub bytes_received: u64,
    /// Requests for which the server did not have a tensor any more, so that it was sent again.
    pub tensors_missing: u64,
    /// Inferences that waited for a batch, and were sent with it.
    pub queued: u64,
    /// Time that these inferences waited for their batches.
    pub queue_time: Duration,
    /// Batches that were sent, including those of one inference. Retries, and the inferences of a rejected batch that are sent again, are
    /// not included.
    pub batches: u64,
    /// Items of these batches: the sum of their first dimensions.
    pub batch_items: u64,
}

/// The counters.
#[derive(Debug, Default)]
pub(super) struct Counters {
    inferences: AtomicU64,
    errors: [AtomicU64; ErrorKind::ALL.len()],
    requests: AtomicU64,
    request_microseconds: AtomicU64,
    bytes_sent: AtomicU64,
    bytes_saved: AtomicU64,
    bytes_received: AtomicU64,
    tensors_missing: AtomicU64,
    queued: AtomicU64,
    queue_microseconds: AtomicU64,
    batches: AtomicU64,
    batch_items: AtomicU64,
}

/// The time of a request, which is counted when this is dropped.
#[must_use]
pub(super) struct RequestTimer<'a> {
    counters: &'a Counters,
    start: Instant,
}

impl Drop for RequestTimer<'_> {
    fn drop(&mut self) {
        self.counters.request_microseconds.fetch_add(microseconds(self.start.elapsed()), Relaxed);
    }
}

impl Counters {
    /// Counts the end of an inference, with the kind of its error.
    pub(super) fn ended(&self, error: Option<ErrorKind>) {
        self.inferences.fetch_add(1, Relaxed);
        if let Some(kind) = error {
            self.errors[kind as usize].fetch_add(1, Relaxed);
        }
    }

    /// Counts a request with a body of this length. Drop the result when the request ends.
    pub(super) fn sent(&self, bytes: usize) -> RequestTimer<'_> {
        self.requests.fetch_add(1, Relaxed);
        self.bytes_sent.fetch_add(bytes as u64, Relaxed);
        RequestTimer { counters: self, start: Instant::now() }
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

    /// Counts an inference that waited for its batch since `start`.
    pub(super) fn queued(&self, start: Instant) {
        self.queued.fetch_add(1, Relaxed);
        self.queue_microseconds.fetch_add(microseconds(start.elapsed()), Relaxed);
    }

    /// Counts a batch of this many items.
    pub(super) fn batch(&self, items: usize) {
        self.batches.fetch_add(1, Relaxed);
        self.batch_items.fetch_add(items as u64, Relaxed);
    }

    /// Returns the number of failed inferences of a kind.
    pub(super) fn errors(&self, kind: ErrorKind) -> u64 {
        self.errors[kind as usize].load(Relaxed)
    }

    pub(super) fn snapshot(&self) -> ServedCounts {
        ServedCounts {
            inferences: self.inferences.load(Relaxed),
            failures: ErrorKind::ALL.into_iter().map(|kind| self.errors(kind)).sum(),
            requests: self.requests.load(Relaxed),
            request_time: Duration::from_micros(self.request_microseconds.load(Relaxed)),
            bytes_sent: self.bytes_sent.load(Relaxed),
            bytes_saved: self.bytes_saved.load(Relaxed),
            bytes_received: self.bytes_received.load(Relaxed),
            tensors_missing: self.tensors_missing.load(Relaxed),
            queued: self.queued.load(Relaxed),
            queue_time: Duration::from_micros(self.queue_microseconds.load(Relaxed)),
            batches: self.batches.load(Relaxed),
            batch_items: self.batch_items.load(Relaxed),
        }
    }
}

fn microseconds(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
