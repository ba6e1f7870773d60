//! Intervals with a unit, such as `30s`.

use std::time::Duration;

/// Parses a whole number with a unit, such as `500ms`, `30s`, `5m` or `1h`, or without one, in seconds.
pub(crate) fn parse(text: &str) -> Option<Duration> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().ok()?;
    let millis = match unit {
        "ms" => number,
        "" | "s" => number.checked_mul(1_000)?,
        "m" => number.checked_mul(60_000)?,
        "h" => number.checked_mul(3_600_000)?,
        _ => return None,
    };
    Some(Duration::from_millis(millis))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_intervals_with_and_without_unit() {
        let parsed = ["500ms", "30s", "30", "5m", "1h"].map(|text| parse(text).unwrap().as_millis());
        assert_eq!(parsed, [500, 30_000, 30_000, 300_000, 3_600_000]);
        for invalid in ["", "s", "1.5s", "-1s", "30 s", "1d", "99999999999999999999s", "18446744073709551615m"] {
            assert_eq!(parse(invalid), None, "{invalid}");
        }
    }
}
