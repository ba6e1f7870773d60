//! The platform's clock.

use std::sync::{Mutex, PoisonError};
use std::time::{Instant, SystemTime};

use reqwest::header::{DATE, HeaderMap};

use super::PlatformClient;

/// The time of the latest response, and when it was received.
#[derive(Debug, Default)]
pub(super) struct ServerClock(Mutex<Option<(SystemTime, Instant)>>);

impl ServerClock {
    /// Sets the clock by the `Date` header of a response, if it has a well-formed one.
    pub(super) fn set_by(&self, headers: &HeaderMap) {
        let date = headers.get(DATE).and_then(|value| value.to_str().ok());
        if let Some(date) = date.and_then(|text| httpdate::parse_http_date(text.trim()).ok()) {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((date, Instant::now()));
        }
    }

    fn now(&self) -> Option<SystemTime> {
        let (date, received) = (*self.0.lock().unwrap_or_else(PoisonError::into_inner))?;
        date.checked_add(received.elapsed())
    }
}

impl PlatformClient {
    /// Returns the platform's time, by the `Date` header of its latest response. It is up to a second late, and late by the
    /// time that the response took to arrive. `None` before the first response, and if the platform sends no such header.
    #[must_use]
    pub fn server_time(&self) -> Option<SystemTime> {
        self.shared.clock.now()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn continues_from_the_latest_valid_date() {
        let clock = ServerClock::default();
        let set = |text: &str| clock.set_by(&HeaderMap::from_iter([(DATE, text.parse().unwrap())]));
        set("yesterday");
        assert_eq!(clock.now(), None);
        set("Tue, 14 Nov 2023 22:13:50 GMT");
        set("");
        let since = clock.now().unwrap().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        assert!(since >= Duration::from_secs(1_700_000_030) && since < Duration::from_secs(1_700_000_090), "{since:?}");
    }
}
