//! Timestamps as the platform writes them.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::civil::DateTime;
use jiff::tz::Offset;

/// A time in whole seconds since 1970 in UTC, the precision of the wire (contract:
/// `docs/contract/label-format.md#times`).
///
/// Its text is that of the wire: `Thu, 09 Feb 2023 14:12:03 UTC`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(i64);

impl Timestamp {
    /// Creates a time from seconds since 1970 in UTC.
    #[must_use]
    pub const fn from_unix(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Returns the seconds since 1970 in UTC.
    #[must_use]
    pub const fn unix(self) -> i64 {
        self.0
    }

    /// Returns the current time.
    #[must_use]
    pub fn now() -> Self {
        Self::from(SystemTime::now())
    }

    /// Parses every form that the platform writes: `Thu, 09 Feb 2023 14:12:03 GMT` (or `UTC`), `2023-02-09 14:12:03`, and ISO 8601 with
    /// or without fraction and offset. Default zone: UTC. Fractions of a second are cut.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let time =
            if text.starts_with(|first: char| first.is_ascii_digit()) { parse_iso(text) } else { parse_named(text) };
        Some(Self(time?.as_nanosecond().div_euclid(1_000_000_000).try_into().ok()?))
    }
}

/// Parses `2023-02-09 14:12:03` and `2023-02-09T14:12:03.123+01:00`.
fn parse_iso(text: &str) -> Option<jiff::Timestamp> {
    text.parse().ok().or_else(|| in_utc(text.parse().ok()?))
}

/// Parses `Thu, 09 Feb 2023 14:12:03 GMT`. The day of the week is ignored.
fn parse_named(text: &str) -> Option<jiff::Timestamp> {
    const FORMAT: &str = "%d %b %Y %H:%M:%S";
    let (_, text) = text.split_once(' ')?;
    let (date_time, zone) = text
        .rsplit_once(' ')
        .filter(|(_, zone)| !zone.contains(':') || zone.starts_with(['+', '-']))
        .unwrap_or((text, "UTC"));
    if matches!(zone, "GMT" | "UTC") {
        return in_utc(DateTime::strptime(FORMAT, date_time).ok()?);
    }
    let offset = if zone.contains(':') { "%:z" } else { "%z" };
    jiff::Timestamp::strptime(format!("{FORMAT} {offset}"), text).ok()
}

fn in_utc(date_time: DateTime) -> Option<jiff::Timestamp> {
    Offset::UTC.to_timestamp(date_time).ok()
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let out_of_range = if self.0 < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX };
        let time = jiff::Timestamp::from_second(self.0).unwrap_or(out_of_range);
        write!(f, "{}", time.strftime("%a, %d %b %Y %H:%M:%S UTC"))
    }
}

impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        let seconds = match time.duration_since(UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_secs()).unwrap_or(i64::MAX),
            Err(before) => i64::try_from(before.duration().as_secs()).map_or(i64::MIN, |seconds| -seconds),
        };
        Self(seconds)
    }
}

impl From<Timestamp> for SystemTime {
    fn from(time: Timestamp) -> Self {
        let distance = Duration::from_secs(time.0.unsigned_abs());
        if time.0 < 0 { UNIX_EPOCH - distance } else { UNIX_EPOCH + distance }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn parses_every_form() {
        let expected = Timestamp::from_unix(1_675_951_923);
        for text in [
            "Thu, 09 Feb 2023 14:12:03 GMT",
            "Thu, 09 Feb 2023 14:12:03 UTC",
            "2023-02-09 14:12:03",
            "2023-02-09T14:12:03",
            "2023-02-09T14:12:03.987654",
            "2023-02-09T14:12:03Z",
            "2023-02-09T15:12:03+01:00",
            "2023-02-09T08:42:03.5-0530",
            "Thu, 09 Feb 2023 14:12:03",
            "Thu, 09 Feb 2023 15:12:03 +0100",
            "Thu, 09 Feb 2023 08:42:03 -05:30",
        ] {
            assert_eq!(Timestamp::parse(text), Some(expected), "{text}");
        }
        assert_eq!(expected.to_string(), "Thu, 09 Feb 2023 14:12:03 UTC");
        for text in
            ["", "yesterday", "2023-13-01", "Thu, 09 Feb 2023", "2023-02-09T25:00:00", "Thu, 31 Feb 2023 14:12:03 GMT"]
        {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
    }

    #[test]
    fn cuts_fractions_before_1970_downwards() {
        assert_eq!(Timestamp::parse("1969-12-31T23:59:58.5Z"), Some(Timestamp::from_unix(-2)));
        assert_eq!(Timestamp::parse("2023-02-09"), Some(Timestamp::from_unix(1_675_900_800)));
    }

    proptest! {
        #[test]
        fn text_round_trips(seconds in -60_000_000_000i64..200_000_000_000) {
            let time = Timestamp::from_unix(seconds);
            prop_assert_eq!(Timestamp::parse(&time.to_string()), Some(time));
        }
    }
}
