//! How long a connection has been waiting for its caller.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// What a connection is doing: waiting for a request's head since some time, or answering a request.
///
/// One timer for each connection watches it, instead of one for each request: with many small requests that is what a
/// time-out costs.
pub(super) struct Activity {
    opened: Instant,
    /// Milliseconds after `opened` since which the connection waits; [`ANSWERING`] while it does not.
    waiting_since: AtomicU64,
}

const ANSWERING: u64 = u64::MAX;

impl Activity {
    pub(super) fn new() -> Self {
        Self { opened: Instant::now(), waiting_since: AtomicU64::new(0) }
    }

    /// A request's head has arrived.
    pub(super) fn answering(&self) {
        self.waiting_since.store(ANSWERING, Ordering::Relaxed);
    }

    /// The request is answered.
    pub(super) fn waiting(&self) {
        let millis = u64::try_from(self.opened.elapsed().as_millis()).unwrap_or(ANSWERING - 1);
        self.waiting_since.store(millis, Ordering::Relaxed);
    }

    /// Ends once the connection has waited for this long.
    pub(super) async fn waited(&self, limit: Duration) {
        loop {
            let since = match self.waiting_since.load(Ordering::Relaxed) {
                ANSWERING => self.opened.elapsed(),
                millis => Duration::from_millis(millis),
            };
            let left = (since + limit).saturating_sub(self.opened.elapsed());
            if left.is_zero() {
                return;
            }
            tokio::time::sleep(left).await;
        }
    }
}
