//! Timestamps in the formats of the platform.

use std::time::SystemTime;

use agent_platform::labels;
use jiff::Timestamp;

/// Microseconds in a second.
const SECOND: i64 = 1_000_000;

/// Resolution of a label row's `last_edited_at`.
///
/// With a coarser resolution, saves in quick succession have equal timestamps, so clients cannot detect a concurrent
/// save by its timestamp. Default: [`Self::Microseconds`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[non_exhaustive]
pub enum TimestampResolution {
    /// Seconds, formatted without a fraction: `2024-05-01 08:00:00`.
    Seconds,
    /// Milliseconds. Saves within the same millisecond have equal timestamps.
    Milliseconds,
    /// Microseconds. Every save has a later timestamp than the previous one.
    #[default]
    Microseconds,
}

impl TimestampResolution {
    /// Returns the resolution in microseconds.
    const fn step(self) -> i64 {
        match self {
            Self::Seconds => SECOND,
            Self::Milliseconds => 1_000,
            Self::Microseconds => 1,
        }
    }
}

/// A point in time, with a resolution of microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Moment(Timestamp);

impl Moment {
    pub(crate) fn now() -> Self {
        Self::from(SystemTime::now())
    }

    /// Returns the time that is so many microseconds after the Unix epoch, or the nearest one that can be represented.
    fn from_micros(micros: i64) -> Self {
        Self(Timestamp::from_microsecond(micros).unwrap_or(if micros < 0 { Timestamp::MIN } else { Timestamp::MAX }))
    }

    fn micros(self) -> i64 {
        self.0.as_microsecond()
    }

    /// Returns the timestamp of a save after `earlier`. It is monotonic even if the clock goes back, and strictly
    /// increasing with a resolution of microseconds.
    pub(crate) fn after(earlier: Self, resolution: TimestampResolution) -> Self {
        let earliest = match resolution {
            TimestampResolution::Microseconds => earlier.micros() + 1,
            TimestampResolution::Seconds | TimestampResolution::Milliseconds => earlier.micros(),
        };
        Self::from_micros(Self::now().micros().max(earliest)).truncated_to(resolution)
    }

    /// Truncates the timestamp to a resolution.
    pub(crate) fn truncated_to(self, resolution: TimestampResolution) -> Self {
        Self::from_micros(self.micros() - self.micros().rem_euclid(resolution.step()))
    }

    /// Parses the formats used by the platform, with or without a fraction (contract:
    /// `docs/contract/label-format.md#times`).
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let seconds = labels::Timestamp::parse(text)?.unix();
        let fraction = text.split_once('.').map(|(_, rest)| {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).take(6);
            let (value, count) =
                digits.fold((0, 0), |(value, count), digit| (value * 10 + i64::from(digit - b'0'), count + 1));
            value * 10_i64.pow(6 - count)
        });
        Some(Self::from_micros(seconds * SECOND + fraction.unwrap_or(0)))
    }

    /// Formats the timestamp for the legacy API: `2024-05-01 08:00:00`, with a fraction if it is not zero.
    pub(crate) fn legacy(self) -> String {
        let format = if self.micros() % SECOND == 0 { "%Y-%m-%d %H:%M:%S" } else { "%Y-%m-%d %H:%M:%S.%6f" };
        self.0.strftime(format).to_string()
    }

    /// Formats the timestamp for fields of the legacy API that allow no fraction (contract:
    /// `docs/contract/endpoints.md#list-projects-of-the-user`).
    pub(crate) fn legacy_seconds(self) -> String {
        self.0.strftime("%Y-%m-%d %H:%M:%S").to_string()
    }

    /// Formats the timestamp for the v2 API: ISO 8601 with microseconds and a UTC offset.
    pub(crate) fn iso(self) -> String {
        self.0.strftime("%Y-%m-%dT%H:%M:%S.%6f+00:00").to_string()
    }
}

impl From<SystemTime> for Moment {
    fn from(time: SystemTime) -> Self {
        let nearest = if time < SystemTime::UNIX_EPOCH { Timestamp::MIN } else { Timestamp::MAX };
        Timestamp::try_from(time).map_or(Self(nearest), |time| Self::from_micros(time.as_microsecond()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_and_formats_every_format() {
        let moment = Moment::parse("2024-02-29T08:00:01.25+00:00").unwrap();
        assert_eq!(moment.legacy(), "2024-02-29 08:00:01.250000");
        assert_eq!(moment.legacy_seconds(), "2024-02-29 08:00:01");
        assert_eq!(moment.iso(), "2024-02-29T08:00:01.250000+00:00");
        let whole = Moment::parse("Wed, 01 May 2024 08:00:00 UTC").unwrap();
        assert_eq!(whole.legacy(), "2024-05-01 08:00:00");
        assert_eq!(Moment::parse(&moment.legacy()), Some(moment));
        assert_eq!(Moment::parse(&Moment::from_micros(-1).iso()), Some(Moment::from_micros(-1)));
        assert!(Moment::parse("yesterday").is_none());
    }

    #[test]
    fn timestamps_increase_when_clock_goes_back() {
        let future = Moment::from_micros(Moment::now().micros() + 10 * SECOND);
        assert_eq!(Moment::after(future, TimestampResolution::Microseconds).micros(), future.micros() + 1);
        assert!(Moment::after(Moment::from_micros(0), TimestampResolution::Microseconds) < future);
    }

    #[test]
    fn coarse_resolution_repeats_timestamps() {
        let future = Moment::parse("2124-05-01 08:00:01.234567").unwrap();
        for (resolution, text) in [
            (TimestampResolution::Seconds, "2124-05-01 08:00:01"),
            (TimestampResolution::Milliseconds, "2124-05-01 08:00:01.234000"),
        ] {
            let saved = Moment::after(future, resolution);
            assert_eq!(saved.legacy(), text);
            assert_eq!(Moment::after(saved, resolution), saved);
        }
    }
}
