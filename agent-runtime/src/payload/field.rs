//! Each field of the payload, judged by itself.

use serde_json::value::RawValue;
use uuid::Uuid;

use super::json::unquoted;

/// What is wrong with a field: where inside it (`[2]`, mostly empty), and what.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) at: String,
    pub(super) message: String,
}

fn problem<T>(message: &str) -> Result<T, Problem> {
    Err(Problem { at: String::new(), message: message.to_owned() })
}

/// A required UUID in any of its usual spellings.
pub(super) fn uuid(raw: Option<&str>) -> Result<Uuid, Problem> {
    let Some(raw) = raw else {
        return problem("is missing");
    };
    let Some(text) = unquoted(raw) else {
        return problem("must be a UUID in quotes");
    };
    Uuid::parse_str(&text).or_else(|_| problem("is not a UUID"))
}

/// An optional frame number. Takes what the Python package takes, except numbers that do not fit 64 bits.
pub(super) fn frame(raw: Option<&str>) -> Result<Option<u64>, Problem> {
    const NOT_A_FRAME: &str = "must be a whole number from 0";
    let Some(raw) = present(raw) else {
        return Ok(None);
    };
    let frame = match raw.as_bytes() {
        b"true" => Some(1),
        b"false" => Some(0),
        [b'"', ..] => unquoted(raw).and_then(|text| frame_in_text(&text)),
        [b'0'..=b'9' | b'-', ..] => frame_in_number(raw),
        _ => None,
    };
    frame.map_or_else(|| problem(NOT_A_FRAME), |frame| Ok(Some(frame)))
}

/// `3`, `3.0`, `-0`, `3e2`.
fn frame_in_number(raw: &str) -> Option<u64> {
    if let Ok(frame) = raw.parse() {
        return Some(frame);
    }
    /// 2^53: up to here an `f64` holds every whole number.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let number: f64 = raw.parse().ok()?;
    let whole = number.fract() == 0.0 && (0.0..=EXACT).contains(&number);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole and from 0 to 2^53, as just checked"
    )]
    whole.then_some(number as u64)
}

/// `3`, ` 3 `, `+3`, `-0`, `1_000`, `3.0`.
fn frame_in_text(text: &str) -> Option<u64> {
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, zeros) = digits.split_once('.').unwrap_or((digits, "0"));
    let starts_and_ends_with_digits = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_digit())
            && part.ends_with(|c: char| c.is_ascii_digit())
            && !part.contains("__")
    };
    let only_zeros = !zeros.is_empty() && zeros.bytes().all(|byte| byte == b'0');
    if !starts_and_ends_with_digits(whole) || !only_zeros {
        return None;
    }
    whole.replace('_', "").parse().ok().filter(|frame| !negative || *frame == 0)
}

/// An optional list of object hashes, which are opaque strings.
pub(super) fn object_hashes(raw: Option<&str>) -> Result<Option<Vec<String>>, Problem> {
    let Some(raw) = present(raw) else {
        return Ok(None);
    };
    let Ok(entries) = serde_json::from_str::<Vec<&RawValue>>(raw) else {
        return problem("must be a list of object hashes");
    };
    let hash = |(index, entry): (usize, &&RawValue)| {
        serde_json::from_str(entry.get())
            .map_err(|_| Problem { at: format!("[{index}]"), message: "must be an object hash in quotes".to_owned() })
    };
    entries.iter().enumerate().map(hash).collect::<Result<_, _>>().map(Some)
}

/// `null` and absent are the same.
fn present(raw: Option<&str>) -> Option<&str> {
    raw.filter(|raw| *raw != "null")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_that_pass() {
        let cases = [
            ("0", 0),
            ("7", 7),
            ("-0", 0),
            ("-0.0", 0),
            ("1.0", 1),
            ("1e3", 1000),
            ("true", 1),
            ("false", 0),
            ("18446744073709551615", u64::MAX),
            (r#"" 3 ""#, 3),
            (r#""+3""#, 3),
            (r#""1_000""#, 1000),
            (r#""3.0""#, 3),
            (r#""-0""#, 0),
            (r#""-0.0""#, 0),
            (r#""\u0033""#, 3),
        ];
        for (raw, expected) in cases {
            assert_eq!(frame(Some(raw)), Ok(Some(expected)), "{raw}");
        }
        assert_eq!(frame(None), Ok(None));
        assert_eq!(frame(Some("null")), Ok(None));
    }

    #[test]
    fn frames_that_do_not() {
        let cases = [
            "-1",
            "1.5",
            "1e300",
            "1e400",
            "18446744073709551616",
            r#""""#,
            r#""x""#,
            r#""-1""#,
            r#""0x3""#,
            r#""1__0""#,
            r#""_1""#,
            r#""1.5""#,
            r#"".0""#,
            r#""3.""#,
            r#""+-0""#,
            r#""-""#,
            "[]",
            "{}",
        ];
        for raw in cases {
            assert!(frame(Some(raw)).is_err(), "{raw}");
        }
    }

    #[test]
    fn the_wrong_entry_of_a_list_is_named() {
        assert_eq!(object_hashes(Some(r#"["a", null]"#)).unwrap_err().at, "[1]");
        assert_eq!(object_hashes(Some(r#"["x/y+z=", ""]"#)), Ok(Some(vec!["x/y+z=".to_owned(), String::new()])));
    }
}
