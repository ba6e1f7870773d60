//! The `Retry-After` header.

use std::time::{Duration, SystemTime};

use reqwest::header::{HeaderMap, RETRY_AFTER};

/// Maximum wait; longer ones are reduced to it (contract: `docs/contract/endpoints.md#retries-and-timeouts`).
pub(super) const MAX_RETRY_AFTER: Duration = Duration::from_secs(21_600);

/// The value of `Retry-After`: the wait from now, capped, and the number of seconds in the header.
///
/// Zero, a date in the past and a malformed value are ignored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct RetryAfter {
    pub(super) wait: Option<Duration>,
    /// Whole seconds for the error message; `None` for a date.
    pub(super) seconds: Option<u64>,
}

impl RetryAfter {
    pub(super) fn from_headers(headers: &HeaderMap, now: SystemTime) -> Self {
        headers
            .get(RETRY_AFTER)
            .and_then(|value| value.to_str().ok())
            .map_or_else(Self::default, |text| Self::parse(text.trim(), now))
    }

    fn parse(text: &str, now: SystemTime) -> Self {
        let capped = |wait: Duration| Some(wait.min(MAX_RETRY_AFTER)).filter(|wait| !wait.is_zero());
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            // A number that overflows `u64` is capped like any long wait.
            let seconds = text.parse().unwrap_or(u64::MAX);
            return Self { wait: capped(Duration::from_secs(seconds)), seconds: Some(seconds).filter(|s| *s > 0) };
        }
        let date = httpdate::parse_http_date(text).ok();
        let wait = date.and_then(|date| date.duration_since(now).ok()).and_then(capped);
        Self { wait, seconds: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(text: &str) -> Option<u64> {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        RetryAfter::parse(text, now).wait.map(|wait| wait.as_secs())
    }

    #[test]
    fn parses_seconds_and_every_form_of_a_date() {
        assert_eq!(wait("2"), Some(2));
        assert_eq!(wait("007"), Some(7));
        for date in ["Tue, 14 Nov 2023 22:13:50 GMT", "Tuesday, 14-Nov-23 22:13:50 GMT", "Tue Nov 14 22:13:50 2023"] {
            assert_eq!(wait(date), Some(30), "{date}");
        }
    }

    #[test]
    fn caps_long_waits_and_ignores_invalid_values() {
        for long in ["999999", "99999999999999999999999999", "Wed, 21 Oct 2099 07:28:00 GMT"] {
            assert_eq!(wait(long), Some(21_600), "{long}");
        }
        for nothing in ["0", "", "1.5", "-1", "abc", "Wed, 21 Oct 2015 07:28:00 GMT"] {
            assert_eq!(wait(nothing), None, "{nothing}");
        }
    }
}
