//! Times on the wire.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAY: i64 = 86_400;

/// A moment, in seconds since 1970 in UTC; fractions are cut, as on the wire (contract: `label-format.md`, section 11).
///
/// Its text is the wire's: `Thu, 09 Feb 2023 14:12:03 UTC`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(i64);

impl Timestamp {
    /// A moment by seconds since 1970 in UTC.
    #[must_use]
    pub const fn from_unix(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Seconds since 1970 in UTC.
    #[must_use]
    pub const fn unix(self) -> i64 {
        self.0
    }

    /// Now.
    #[must_use]
    pub fn now() -> Self {
        Self::from(SystemTime::now())
    }

    /// Reads the forms that occur: `Thu, 09 Feb 2023 14:12:03 GMT` (or `UTC`), `2023-02-09 14:12:03`, and ISO 8601 with
    /// or without fraction and offset. Without a zone it is UTC.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.as_bytes().first()?.is_ascii_digit() { parse_iso(text) } else { parse_long(text) }
    }
}

/// Days since 1970 of a day in the Gregorian calendar.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    // Years start in March, so that the leap day is the last one.
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// Year, month and day of a number of days since 1970.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = (shifted + 2) % 12 + 1;
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day_of_year - (153 * shifted + 2) / 5 + 1)
}

fn moment(date: (i64, i64, i64), clock: &str) -> Option<i64> {
    let (year, month, day) = date;
    let mut parts = clock.splitn(3, ':');
    let (hour, minute): (i64, i64) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let second: i64 = parts.next().unwrap_or("0").split('.').next()?.parse().ok()?;
    let valid = (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && (0..=23).contains(&hour)
        && (0..=59).contains(&minute)
        && (0..=60).contains(&second)
        && (0..=9999).contains(&year);
    valid.then(|| days_from_civil(year, month, day) * DAY + hour * 3600 + minute * 60 + second)
}

/// `Thu, 09 Feb 2023 14:12:03 GMT`
fn parse_long(text: &str) -> Option<Timestamp> {
    let mut words = text.split_whitespace().skip(1);
    let day = words.next()?.parse().ok()?;
    let month = words.next()?;
    let month = MONTHS.iter().position(|name| *name == month)?;
    let year = words.next()?.parse().ok()?;
    let clock = words.next()?;
    let zone = words.next().unwrap_or("UTC");
    let zone = if matches!(zone, "GMT" | "UTC") { 0 } else { offset(zone)? };
    Some(Timestamp(moment((year, i64::try_from(month).ok()? + 1, day), clock)? - zone))
}

/// `2023-02-09 14:12:03`, `2023-02-09T14:12:03.123+01:00`
fn parse_iso(text: &str) -> Option<Timestamp> {
    let (date, clock) = text.split_once(['T', ' ']).unwrap_or((text, "00:00:00"));
    let mut parts = date.splitn(3, '-').map(|part| part.parse::<i64>().ok());
    let date = (parts.next()??, parts.next()??, parts.next()??);
    let clock = clock.trim();
    if let Some(clock) = clock.strip_suffix('Z') {
        return moment(date, clock).map(Timestamp);
    }
    match clock.rfind(['+', '-']) {
        Some(at) => {
            let (clock, zone) = clock.split_at(at);
            Some(Timestamp(moment(date, clock)? - offset(zone)?))
        }
        None => moment(date, clock).map(Timestamp),
    }
}

/// `+01:00`, `-0530`, in seconds.
fn offset(zone: &str) -> Option<i64> {
    let (sign, digits) = match zone.split_at_checked(1)? {
        ("+", digits) => (1, digits.replace(':', "")),
        ("-", digits) => (-1, digits.replace(':', "")),
        _ => return None,
    };
    let hours: i64 = digits.get(..2)?.parse().ok()?;
    let minutes: i64 = digits.get(2..4).unwrap_or("0").parse().ok()?;
    Some(sign * (hours * 3600 + minutes * 60))
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, seconds) = (self.0.div_euclid(DAY), self.0.rem_euclid(DAY));
        let (year, month, day) = civil_from_days(days);
        let name = |names: &'static [&'static str], index: i64| {
            usize::try_from(index).ok().and_then(|index| names.get(index)).copied().unwrap_or_default()
        };
        let (week_day, month) = (name(&DAYS, (days + 3).rem_euclid(7)), name(&MONTHS, month - 1));
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        write!(f, "{week_day}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} UTC")
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
    fn every_form() {
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
        ] {
            assert_eq!(Timestamp::parse(text), Some(expected), "{text}");
        }
        assert_eq!(expected.to_string(), "Thu, 09 Feb 2023 14:12:03 UTC");
        for text in ["", "yesterday", "2023-13-01", "Thu, 09 Feb 2023", "2023-02-09T25:00:00"] {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn reads_back(seconds in -60_000_000_000i64..200_000_000_000) {
            let time = Timestamp::from_unix(seconds);
            prop_assert_eq!(Timestamp::parse(&time.to_string()), Some(time));
        }
    }
}
