//! Where a server stands between start and stop.

use tokio::sync::watch;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Serving,
    /// No new connections; calls under way go on, and who has connected may still call.
    Draining,
    /// No new calls.
    Closing,
    /// Calls under way are given up.
    Ended,
}

/// Where a server stands. Calls watch it, so that they can be given up with an answer.
pub(crate) struct Lifecycle {
    phase: watch::Sender<Phase>,
}

impl Lifecycle {
    pub(crate) fn new() -> Self {
        Self { phase: watch::Sender::new(Phase::Serving) }
    }

    pub(crate) fn is_serving(&self) -> bool {
        *self.phase.borrow() == Phase::Serving
    }

    pub(crate) fn drain(&self) {
        self.phase.send_replace(Phase::Draining);
    }

    pub(crate) fn close(&self) {
        self.phase.send_replace(Phase::Closing);
    }

    pub(crate) fn end(&self) {
        self.phase.send_replace(Phase::Ended);
    }

    /// Waits until there are to be no new calls.
    pub(crate) async fn closed(&self) {
        let _ = self.phase.subscribe().wait_for(|phase| *phase >= Phase::Closing).await;
    }

    /// Waits until calls under way are given up.
    pub(crate) async fn ended(&self) {
        // The sender lives as long as `self`, so this does not fail.
        let _ = self.phase.subscribe().wait_for(|phase| *phase == Phase::Ended).await;
    }
}
