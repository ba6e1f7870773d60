//! Measured times from the check of a row to its save, in this process.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Number of saves that the estimate rests on.
const REMEMBERED: usize = 32;

/// The gaps of the latest saves: the time from the request that checks a row to the acknowledgement of its save.
///
/// The longest of them estimates what another process may take. A single gap says little: a busy machine or network delays one
/// save and not the next.
#[derive(Debug, Default)]
pub(crate) struct RecentGaps(Mutex<VecDeque<Duration>>);

impl RecentGaps {
    /// Adds the gap of a save, and returns the longest of the recent ones.
    pub(crate) fn longest_with(&self, gap: Duration) -> Duration {
        let mut gaps = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if gaps.len() == REMEMBERED {
            gaps.pop_front();
        }
        gaps.push_back(gap);
        gaps.iter().copied().max().unwrap_or(gap)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remembers_the_longest_gap_for_a_while() {
        let gaps = RecentGaps::default();
        let longest_with = |millis| gaps.longest_with(Duration::from_millis(millis)).as_millis();
        assert_eq!(longest_with(5), 5);
        assert_eq!(longest_with(300), 300);
        for _ in 1..REMEMBERED {
            assert_eq!(longest_with(7), 300);
        }
        assert_eq!(longest_with(6), 7);
    }
}
