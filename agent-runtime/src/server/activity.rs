//! Idle time of a connection.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// The state of a connection: idle since some time, or serving requests (HTTP/2: several).
///
/// One timer per connection watches it instead of one per request, which costs about 1 µs per call.
pub(super) struct Activity {
    opened: Instant,
    /// Time of the last response, in milliseconds after `opened`.
    last_response: AtomicU64,
    /// Number of requests without a response.
    pending: AtomicUsize,
}

/// A request without a response, until this is dropped.
pub(super) struct Responding(Arc<Activity>);

impl Activity {
    pub(super) fn new() -> Self {
        Self { opened: Instant::now(), last_response: AtomicU64::new(0), pending: AtomicUsize::new(0) }
    }

    /// Records that a request's head has arrived.
    pub(super) fn begin_request(self: &Arc<Self>) -> Responding {
        self.pending.fetch_add(1, Ordering::AcqRel);
        Responding(Arc::clone(self))
    }

    /// Waits until the connection has been idle for this long.
    pub(super) async fn idle_for(&self, limit: Duration) {
        loop {
            let since = match self.pending.load(Ordering::Acquire) {
                0 => Duration::from_millis(self.last_response.load(Ordering::Relaxed)),
                _ => self.opened.elapsed(),
            };
            let left = (since + limit).saturating_sub(self.opened.elapsed());
            if left.is_zero() {
                return;
            }
            tokio::time::sleep(left).await;
        }
    }
}

impl Drop for Responding {
    fn drop(&mut self) {
        let activity = &*self.0;
        let millis = u64::try_from(activity.opened.elapsed().as_millis()).unwrap_or(u64::MAX);
        // The time is stored first, so that a reader of `pending == 0` sees it.
        activity.last_response.store(millis, Ordering::Relaxed);
        activity.pending.fetch_sub(1, Ordering::AcqRel);
    }
}
