//! Durations in attributes, such as `"30s"`.

/// Maximum timeout: one hour, in milliseconds.
const MAX_MILLIS: u64 = 60 * 60 * 1000;

/// Parses a duration such as `30s` to milliseconds.
///
/// # Errors
/// The text is no duration, or out of range. The error is the message for the user.
pub(crate) fn parse_millis(text: &str) -> Result<u64, String> {
    let forms = "write a whole number and a unit: `500ms`, `30s` or `5m`";
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor = match unit {
        "ms" => 1,
        "s" => 1000,
        "m" => 60 * 1000,
        _ => return Err(format!("`{text}` is not a duration: {forms}")),
    };
    if number.is_empty() {
        return Err(format!("`{text}` is not a duration: {forms}"));
    }
    match number.parse::<u64>().ok().and_then(|number| number.checked_mul(factor)) {
        Some(0) => Err("a time-out of zero lets no call finish; for none write `no_timeout`".to_owned()),
        Some(millis) if millis <= MAX_MILLIS => Ok(millis),
        _ => Err("a time-out is at most an hour (`60m`); for none write `no_timeout`".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_durations_up_to_an_hour() {
        assert_eq!(parse_millis("30s"), Ok(30_000));
        assert_eq!(parse_millis("500ms"), Ok(500));
        assert_eq!(parse_millis("60m"), Ok(MAX_MILLIS));
        for invalid in [
            "",
            "30",
            "s",
            "30 s",
            "1.5s",
            "-1s",
            "30S",
            "1h",
            "0s",
            "61m",
            "99999999999999999999s",
            "18446744073709551615m",
        ] {
            assert!(parse_millis(invalid).is_err(), "{invalid}");
        }
    }
}
