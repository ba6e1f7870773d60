//! Repeated attempts of one request.

use std::time::Duration;

use super::error::ServedError;

/// Delay before the second attempt. It doubles with each further one.
const FIRST_DELAY: Duration = Duration::from_millis(100);
/// Maximum delay between two attempts, also if the server's `Retry-After` is longer.
const MAX_DELAY: Duration = Duration::from_secs(5);

/// The attempts of one call that are left.
#[derive(Debug)]
pub(super) struct Attempts {
    left: u32,
    delay: Duration,
}

impl Attempts {
    pub(super) fn new(retries: u32) -> Self {
        Self { left: retries, delay: FIRST_DELAY }
    }

    /// Waits before the next attempt. The deadline of the call ends the wait.
    ///
    /// # Errors
    /// `error`, if another attempt would not help, or none is left.
    pub(super) async fn wait_after(&mut self, error: ServedError) -> Result<(), ServedError> {
        if self.left == 0 || !error.is_transient() {
            return Err(error);
        }
        self.left -= 1;
        let asked = if let ServedError::Overloaded { retry_after } = error { retry_after } else { None };
        // Between a half and the whole of it, so that many callers do not return at once.
        let backoff = self.delay.mul_f64(0.5 + fastrand::f64() / 2.0);
        self.delay *= 2;
        tokio::time::sleep(asked.unwrap_or(backoff).min(MAX_DELAY)).await;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn repeats_transient_errors_only() {
        let mut attempts = Attempts::new(2);
        let busy = || ServedError::Overloaded { retry_after: Some(Duration::ZERO) };
        assert!(attempts.wait_after(ServedError::Timeout(FIRST_DELAY)).await.is_err());
        assert!(attempts.wait_after(ServedError::rejected("400", "no")).await.is_err());
        assert!(attempts.wait_after(busy()).await.is_ok());
        assert!(attempts.wait_after(busy()).await.is_ok());
        assert!(attempts.wait_after(busy()).await.is_err());
    }
}
