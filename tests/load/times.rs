//! How long answers took.

use std::time::Duration;

/// Times, in the order in which they came.
#[derive(Debug, Default, Clone)]
pub(crate) struct Times(Vec<Duration>);

impl Times {
    pub(crate) fn add(&mut self, time: Duration) {
        self.0.push(time);
    }

    pub(crate) fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// In milliseconds: the time that so many of a thousand answers do not exceed.
    pub(crate) fn of_thousand(&self, thousandths: usize) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let last = sorted.len().saturating_sub(1);
        sorted.get((sorted.len() * thousandths / 1000).min(last)).map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
    }
}
