//! Waits between attempts of a call.

use std::time::{Duration, SystemTime};

/// The wait before the first retry. It doubles with each retry.
const INITIAL_BACKOFF: Duration = Duration::from_millis(500);

/// Maximum wait without `Retry-After`.
const MAX_BACKOFF: Duration = Duration::from_secs(30);

/// Maximum wait that a server may request.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(3600);

/// Returns the wait before retry `number`, counted from 0: exponential, and half of it random.
pub(super) fn backoff(number: u32) -> Duration {
    let full = INITIAL_BACKOFF.saturating_mul(2_u32.saturating_pow(number)).min(MAX_BACKOFF);
    full / 2 + full.mul_f64(fastrand::f64() / 2.0)
}

/// Parses the value of `Retry-After`: seconds or a date. Returns `None` for other text and for times in the past.
pub(super) fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    let wait = match value.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => httpdate::parse_http_date(value).ok()?.duration_since(now).ok()?,
    };
    (!wait.is_zero()).then(|| wait.min(MAX_RETRY_AFTER))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backoff_grows_to_a_limit() {
        for (number, full) in [(0, 0.5), (1, 1.0), (20, 30.0)] {
            let wait = backoff(number).as_secs_f64();
            assert!((full / 2.0..=full).contains(&wait), "{wait}");
        }
    }

    #[test]
    fn reads_seconds_and_dates() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        let read = |value| retry_after(value, now).map(|wait| wait.as_secs());
        assert_eq!(
            (read("2"), read("Tue, 14 Nov 2023 22:13:50 GMT"), read("99999999")),
            (Some(2), Some(30), Some(3600))
        );
        for nothing in ["", "0", "soon", "Wed, 21 Oct 2015 07:28:00 GMT"] {
            assert_eq!(read(nothing), None, "{nothing}");
        }
    }
}
