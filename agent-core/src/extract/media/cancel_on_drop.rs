//! Work on a blocking thread that ends soon after nobody waits for it any more.

use agent_platform::media::Cancellation;

/// Cancels the work when it is dropped: with the future that waits for the work.
#[derive(Debug, Default)]
pub(super) struct CancelOnDrop(Cancellation);

impl CancelOnDrop {
    /// The flag for the work.
    pub(super) fn flag(&self) -> Cancellation {
        self.0.clone()
    }
}

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}
