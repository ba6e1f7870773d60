//! Response times.

use std::time::Duration;

/// Response times, in order of arrival.
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

    /// Returns a quantile of the response times, in milliseconds. `thousandths` is 500 for the median.
    pub(crate) fn quantile(&self, thousandths: usize) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let last = sorted.len().saturating_sub(1);
        sorted.get((sorted.len() * thousandths / 1000).min(last)).map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
    }
}
