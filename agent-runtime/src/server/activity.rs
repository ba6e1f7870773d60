//! How long a connection has been waiting for its caller.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// What a connection is doing: waiting for a request's head since some time, or answering requests, of which HTTP/2 has many
/// at once.
///
/// One timer for each connection watches it, instead of one for each request: with many small requests that is what a
/// time-out costs.
pub(super) struct Activity {
    opened: Instant,
    /// Milliseconds after `opened` when the last request was answered.
    answered: AtomicU64,
    /// Requests that are being answered.
    answering: AtomicUsize,
}

/// A request that is being answered, until it is dropped.
pub(super) struct Answering(Arc<Activity>);

impl Activity {
    pub(super) fn new() -> Self {
        Self { opened: Instant::now(), answered: AtomicU64::new(0), answering: AtomicUsize::new(0) }
    }

    /// A request's head has arrived.
    pub(super) fn answering(self: &Arc<Self>) -> Answering {
        self.answering.fetch_add(1, Ordering::AcqRel);
        Answering(Arc::clone(self))
    }

    /// Ends once the connection has waited for this long.
    pub(super) async fn waited(&self, limit: Duration) {
        loop {
            let since = match self.answering.load(Ordering::Acquire) {
                0 => Duration::from_millis(self.answered.load(Ordering::Relaxed)),
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

impl Drop for Answering {
    fn drop(&mut self) {
        let activity = &*self.0;
        let millis = u64::try_from(activity.opened.elapsed().as_millis()).unwrap_or(u64::MAX);
        // The time first: whoever sees that nothing is answered sees since when.
        activity.answered.store(millis, Ordering::Relaxed);
        activity.answering.fetch_sub(1, Ordering::AcqRel);
    }
}
