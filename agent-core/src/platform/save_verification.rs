//! The setting for the read-back.

use std::ops::RangeInclusive;
use std::time::Duration;

/// Shortest delay that is derived from measurements.
const MIN_DELAY: Duration = Duration::from_millis(100);

/// Longest delay that is derived from measurements.
const MAX_DELAY: Duration = Duration::from_secs(5);

/// Verification of saved label rows: the delay after which a row is read back.
///
/// The platform replaces label rows as a whole, and takes a save whatever the row is by then. Of two writers in different
/// processes that check the row at the same moment, the second replaces the labels of the first, and neither is told. The
/// first finds out by reading the row back, and then saves its edits again, on top of those of the second.
///
/// Nothing is lost if the delay exceeds the gap of the other writer: the time from the platform's response to its check to
/// its save. [`Auto`](Self::Auto) estimates it: twice the longest of the gaps that this process has measured for its latest
/// 32 saves, which include the way of the check's request. Set a longer delay if other writers are slower.
///
/// Writers that do not check or verify, such as label editors and scripts, are beyond this: see
/// [`EditorCall::save`](crate::call::EditorCall::save), "What the platform cannot reveal".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum SaveVerification {
    /// Reads the row back after twice the longest time that check and save took together lately, at least 100 ms and at most
    /// 5 s.
    #[default]
    Auto,
    /// Reads the row back after this delay, from 1 ms to 60 s.
    After(Duration),
    /// Does not read the row back. For a deployment with one replica whose projects no other agent saves: agents of one
    /// process never save a row at the same time.
    Off,
}

impl SaveVerification {
    /// The delays that can be set.
    pub const DELAYS: RangeInclusive<Duration> = Duration::from_millis(1)..=Duration::from_secs(60);

    /// Parses `auto`, `off`, or a delay in seconds, such as `0.25`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "auto" => Some(Self::Auto),
            "off" => Some(Self::Off),
            seconds => {
                let delay = Duration::try_from_secs_f64(seconds.parse().ok()?).ok()?;
                Self::DELAYS.contains(&delay).then_some(Self::After(delay))
            }
        }
    }

    /// Returns the delay for the longest recent `gap`; `None` if rows are not read back. Up to a quarter of it is added at
    /// random, so that two writers that replace each other's labels do not keep step.
    pub(crate) fn delay(self, gap: Duration) -> Option<Duration> {
        let least = match self {
            Self::Auto => gap.saturating_mul(2).clamp(MIN_DELAY, MAX_DELAY),
            Self::After(delay) => delay,
            Self::Off => return None,
        };
        Some(least.saturating_add(least.mul_f64(fastrand::f64() / 4.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delay_follows_the_gap_within_limits() {
        let within = |verification: SaveVerification, gap: u64, least: u64| {
            let delay = verification.delay(Duration::from_millis(gap)).unwrap().as_millis();
            let least = u128::from(least);
            assert!(delay >= least && delay <= least * 5 / 4, "{verification:?} after {gap} ms: {delay} ms");
        };
        for _ in 0..20 {
            within(SaveVerification::Auto, 3, 100);
            within(SaveVerification::Auto, 400, 800);
            within(SaveVerification::Auto, 60_000, 5_000);
            within(SaveVerification::After(Duration::from_millis(20)), 400, 20);
        }
        assert_eq!(SaveVerification::Off.delay(Duration::ZERO), None);
    }

    #[test]
    fn parses_words_and_seconds() {
        assert_eq!(SaveVerification::parse("auto"), Some(SaveVerification::Auto));
        assert_eq!(SaveVerification::parse("off"), Some(SaveVerification::Off));
        assert_eq!(SaveVerification::parse("0.25"), Some(SaveVerification::After(Duration::from_millis(250))));
        for text in ["", "0", "-1", "on", "1e400", "250ms", "61"] {
            assert_eq!(SaveVerification::parse(text), None, "{text}");
        }
    }
}
