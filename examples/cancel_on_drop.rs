//! Cancellation of blocking work.

use agent_runtime::agent_platform::media::Cancellation;

/// Cancels the work with the future that waits for it.
#[derive(Default)]
pub(crate) struct CancelOnDrop(pub(crate) Cancellation);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}
