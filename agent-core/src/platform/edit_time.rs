//! The time at which a row was last edited.

use std::time::{Duration, SystemTime};

use agent_platform::labels::Timestamp;

/// Age from which on a later save has another time, whatever the resolution below a second and the rounding of `Date`.
const MIN_AGE: Duration = Duration::from_secs(2);

/// Returns whether every later save changes the time at which a row was last edited: the time shows fractions of a second,
/// and was [`MIN_AGE`] old by the platform's clock when the row was read.
pub(crate) fn has_distinct_time(last_edited_at: &str, server_time: Option<SystemTime>) -> bool {
    let fraction = last_edited_at.split_once('.').map_or("", |(_, fraction)| fraction);
    // A fraction of zeros is what whole seconds look like in a column of microseconds.
    let has_fraction = fraction.bytes().take_while(u8::is_ascii_digit).any(|digit| digit != b'0');
    let edited = Timestamp::parse(last_edited_at).map(SystemTime::from);
    let age = server_time.zip(edited).and_then(|(now, edited)| now.duration_since(edited).ok());
    has_fraction && age.is_some_and(|age| age >= MIN_AGE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_old_times_with_fractions_are_distinct() {
        let at = |text: &str| SystemTime::from(Timestamp::parse(text).unwrap());
        let now = Some(at("2024-05-01 08:00:10"));
        for (edited, now, is_distinct) in [
            ("2024-05-01 08:00:08.000001", now, true),
            ("2024-05-01T08:00:07.5+00:00", now, true),
            ("2024-05-01 08:00:09.999999", now, false),
            ("2024-05-01 08:00:11.5", now, false),
            ("2024-05-01 07:00:00", now, false),
            ("2024-05-01T07:00:00.000000+00:00", now, false),
            ("2024-05-01 07:00:00.5", None, false),
            ("yesterday.5", now, false),
        ] {
            assert_eq!(has_distinct_time(edited, now), is_distinct, "{edited}");
        }
    }
}
