//! Rate of calls, and pauses that a server requests.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// The earliest time of the next call, for all workers of a run.
#[derive(Debug)]
pub(crate) struct RateLimit {
    /// Distance of calls; zero without a limit.
    interval: Duration,
    next: Mutex<Option<Instant>>,
}

impl RateLimit {
    /// Creates a limit of this many calls per second; `None` for no limit.
    pub(crate) fn new(per_second: Option<f64>) -> Self {
        let interval = per_second.map(|rate| Duration::try_from_secs_f64(rate.recip()).unwrap_or_default());
        Self { interval: interval.unwrap_or_default(), next: Mutex::default() }
    }

    /// Waits for the turn of a call.
    pub(crate) async fn acquire(&self) {
        let now = Instant::now();
        let turn = self.take_turn(now);
        if turn > now {
            sleep_until(turn).await;
        }
    }

    /// Returns the time of the next call.
    fn take_turn(&self, now: Instant) -> Instant {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = next.map_or(now, |next| next.max(now));
        *next = Some(turn + self.interval);
        turn
    }

    /// Starts no further call for some time.
    pub(crate) fn pause(&self, wait: Duration) {
        self.pause_until(Instant::now() + wait);
    }

    fn pause_until(&self, end: Instant) {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        *next = Some(next.map_or(end, |next| next.max(end)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_keep_their_distance() {
        let limit = RateLimit::new(Some(10.0));
        let start = Instant::now();
        let turn = |milliseconds| (limit.take_turn(start + Duration::from_millis(milliseconds)) - start).as_millis();
        assert_eq!([turn(0), turn(0), turn(0), turn(150), turn(1000)], [0, 100, 200, 300, 1000]);
        limit.pause_until(start + Duration::from_secs(3));
        assert_eq!([turn(1000), turn(1000)], [3000, 3100]);
    }

    #[test]
    fn no_limit_delays_nothing() {
        let (limit, now) = (RateLimit::new(None), Instant::now());
        assert_eq!([limit.take_turn(now), limit.take_turn(now)], [now, now]);
    }
}
