//! Timestamps in the formats of the platform.

use std::time::{SystemTime, UNIX_EPOCH};

use agent_platform::labels::Timestamp;

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400;

/// Resolution of a label row's `last_edited_at`.
///
/// With a coarser resolution, saves in quick succession have equal timestamps, so clients cannot detect a concurrent
/// save by its timestamp. Default: [`Self::Microseconds`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
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

/// A point in time: microseconds since the Unix epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Moment(i64);

impl Moment {
    pub(crate) fn now() -> Self {
        Self::from(SystemTime::now())
    }

    /// Returns the timestamp of a save after `earlier`. It is monotonic even if the clock goes back, and strictly
    /// increasing with a resolution of microseconds.
    pub(crate) fn after(earlier: Self, resolution: TimestampResolution) -> Self {
        let earliest = match resolution {
            TimestampResolution::Microseconds => earlier.0 + 1,
            TimestampResolution::Seconds | TimestampResolution::Milliseconds => earlier.0,
        };
        Self(Self::now().0.max(earliest)).cut_to(resolution)
    }

    /// Truncates the timestamp to a resolution.
    pub(crate) fn cut_to(self, resolution: TimestampResolution) -> Self {
        Self(self.0 - self.0.rem_euclid(resolution.step()))
    }

    /// Parses the formats used by the platform, with or without a fraction (contract:
    /// `docs/contract/label-format.md#times`).
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let seconds = Timestamp::parse(text)?.unix();
        let fraction = text.split_once('.').map(|(_, rest)| {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).take(6);
            let (value, count) =
                digits.fold((0, 0), |(value, count), digit| (value * 10 + i64::from(digit - b'0'), count + 1));
            value * 10_i64.pow(6 - count)
        });
        Some(Self(seconds * SECOND + fraction.unwrap_or(0)))
    }

    /// Formats the timestamp for the legacy API: `2024-05-01 08:00:00`, with a fraction if it is not zero.
    pub(crate) fn legacy(self) -> String {
        let (date, clock) = self.parts();
        match self.0.rem_euclid(SECOND) {
            0 => format!("{date} {clock}"),
            fraction => format!("{date} {clock}.{fraction:06}"),
        }
    }

    /// Formats the timestamp for fields of the legacy API that allow no fraction (contract:
    /// `docs/contract/endpoints.md#list-projects-of-the-user`).
    pub(crate) fn legacy_seconds(self) -> String {
        let (date, clock) = self.parts();
        format!("{date} {clock}")
    }

    /// Formats the timestamp for the v2 API: ISO 8601 with microseconds and a UTC offset.
    pub(crate) fn iso(self) -> String {
        let (date, clock) = self.parts();
        format!("{date}T{clock}.{:06}+00:00", self.0.rem_euclid(SECOND))
    }

    fn parts(self) -> (String, String) {
        let seconds = self.0.div_euclid(SECOND);
        let (year, month, day) = civil(seconds.div_euclid(DAY));
        let clock = seconds.rem_euclid(DAY);
        let date = format!("{year:04}-{month:02}-{day:02}");
        (date, format!("{:02}:{:02}:{:02}", clock / 3600, clock / 60 % 60, clock % 60))
    }
}

impl From<SystemTime> for Moment {
    fn from(time: SystemTime) -> Self {
        let micros = match time.duration_since(UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_micros()).unwrap_or(i64::MAX),
            Err(before) => i64::try_from(before.duration().as_micros()).map_or(i64::MIN, |micros| -micros),
        };
        Self(micros)
    }
}

/// Converts days since the Unix epoch to year, month and day of the Gregorian calendar.
fn civil(days: i64) -> (i64, i64, i64) {
    // Counts from 1 March of year 0, so that a leap day is the last day of its year.
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let (month, carry) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (year_of_era + era * 400 + carry, month, day)
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
        assert_eq!(Moment::parse(&Moment(-1).iso()), Some(Moment(-1)));
        assert!(Moment::parse("yesterday").is_none());
    }

    #[test]
    fn timestamps_increase_when_clock_goes_back() {
        let future = Moment(Moment::now().0 + 10 * SECOND);
        assert_eq!(Moment::after(future, TimestampResolution::Microseconds).0, future.0 + 1);
        assert!(Moment::after(Moment(0), TimestampResolution::Microseconds) < future);
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
