//! Phases of a server between start and stop.

use tokio::sync::watch;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Serving,
    /// No new connections. Open connections may still send calls.
    Draining,
    /// No new calls. Running calls continue.
    Closing,
    /// Running calls are aborted.
    Aborted,
}

/// The phase of a server. Calls watch it, so that aborted calls still get a response.
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

    pub(crate) fn abort(&self) {
        self.phase.send_replace(Phase::Aborted);
    }

    /// Waits until the server begins to stop.
    pub(crate) async fn draining(&self) {
        let _ = self.phase.subscribe().wait_for(|phase| *phase >= Phase::Draining).await;
    }

    /// Waits until no new calls are accepted.
    pub(crate) async fn closed(&self) {
        let _ = self.phase.subscribe().wait_for(|phase| *phase >= Phase::Closing).await;
    }

    /// Waits until running calls are aborted.
    pub(crate) async fn aborted(&self) {
        // The sender lives as long as `self`, so this does not fail.
        let _ = self.phase.subscribe().wait_for(|phase| *phase == Phase::Aborted).await;
    }
}
