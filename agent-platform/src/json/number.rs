//! Parsing and formatting of numbers.

/// Parses a number as the nearest `f64`. Accepts `NaN` and `Infinity`, which Python writes.
pub(crate) fn float(raw: &str) -> Option<f64> {
    match raw.as_bytes().first()? {
        b'-' | b'0'..=b'9' | b'N' | b'I' => raw.parse().ok(),
        _ => None,
    }
}

/// Parses an integer. Accepts `3.0`, and integers in quotes, as in some frame and sequence numbers.
pub(crate) fn integer(raw: &str) -> Option<i64> {
    let raw = raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"')).unwrap_or(raw);
    if let Ok(number) = raw.parse() {
        return Some(number);
    }
    /// 2^53: `f64` represents all integers up to here exactly.
    const MAX_EXACT_INTEGER: f64 = 9_007_199_254_740_992.0;
    let number = float(raw)?;
    let whole = number.fract() == 0.0 && number.abs() <= MAX_EXACT_INTEGER;
    #[expect(clippy::cast_possible_truncation, reason = "an integer within 2^53, as checked above")]
    whole.then_some(number as i64)
}

/// Parses a non-negative integer.
pub(crate) fn unsigned(raw: &str) -> Option<u64> {
    integer(raw).and_then(|number| u64::try_from(number).ok())
}

/// Formats a number as JSON: the shortest text that round-trips, without a fraction for integers.
pub(crate) fn number_text(number: f64) -> String {
    let text = format!("{number:?}");
    match text.strip_suffix(".0") {
        Some("-0") | None => text,
        Some(whole) => whole.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn parses_integers() {
        for (raw, number) in
            [("3", Some(3)), ("\"12\"", Some(12)), ("3.0", Some(3)), ("3.5", None), ("null", None), ("-1", Some(-1))]
        {
            assert_eq!(integer(raw), number, "{raw}");
        }
        assert_eq!(unsigned("-1"), None);
    }

    #[test]
    fn formats_the_shortest_text() {
        for (number, text) in [(0.0, "0"), (1.0, "1"), (0.5984, "0.5984"), (1e21, "1e21"), (1e-7, "1e-7")] {
            assert_eq!(number_text(number), text);
        }
    }

    proptest! {
        #[test]
        fn numbers_round_trip(number in proptest::num::f64::NORMAL | proptest::num::f64::ZERO | proptest::num::f64::SUBNORMAL) {
            let text = number_text(number);
            prop_assert_eq!(float(&text).unwrap().to_bits(), number.to_bits());
            prop_assert!(serde_json::from_str::<f64>(&text).is_ok(), "{}", text);
        }
    }
}
