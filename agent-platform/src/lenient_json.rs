//! Lenient reading of JSON that callers and the platform send, as the Python package reads it.
//!
//! Of a repeated member the last counts, and whole numbers may be written in many ways. Errors are sentences for people who see the
//! JSON and not the Rust type.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeOwned, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Maximum length of a quoted value in an error, in bytes.
const MAX_QUOTED: usize = 80;

/// Error for JSON that does not fit a type: which member, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Misfit {
    /// Path to the member, e.g. `payload.stage_uuid` or `classes[2]`. Empty for the whole value.
    pub path: String,
    /// The problem, without the member's name.
    pub problem: String,
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.as_str() {
            "" => f.write_str(&self.problem),
            path => write!(f, "`{path}` {}", self.problem),
        }
    }
}

/// Reads a value. Of a repeated member of the object the last counts.
///
/// # Errors
/// The text is not JSON, or does not fit the type.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Misfit> {
    let text = readable(text).map_err(|error| Misfit::new(String::new(), &error))?;
    let mut json = serde_json::Deserializer::from_str(&text);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        Misfit::new(if path == "." { String::new() } else { path }, error.inner())
    })?;
    json.end().map_err(|error| Misfit::new(String::new(), &error))?;
    Ok(value)
}

/// Reads an object, such as the `payload` of an event. The error names the member below it.
///
/// # Errors
/// The text is not a JSON object, or does not fit the type.
pub fn read_object<T: DeserializeOwned>(text: &str) -> serde_json::Result<T> {
    if !text.trim_start().starts_with('{') {
        return Err(serde_json::Error::custom("must be an object"));
    }
    read(text).map_err(serde_json::Error::custom)
}

impl Misfit {
    /// Returns the problem that an error of serde has with the member at `path`.
    #[must_use]
    pub fn new(path: String, error: &serde_json::Error) -> Self {
        let text = without_position(error);
        if let Some(name) = text.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`')) {
            let path = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
            return Self { path, problem: "is missing".to_owned() };
        }
        // The error of a part of the value, in words already.
        if let Some((member, problem)) = text.strip_prefix('`').and_then(|rest| rest.split_once("` ")) {
            let path = if path.is_empty() { member.to_owned() } else { format!("{path}.{member}") };
            return Self { path, problem: problem.to_owned() };
        }
        Self { path, problem: in_words(&text) }
    }
}

/// The text of an object with the members that can be read, byte for byte. Of a repeated name the last one is left; a name that is
/// not Unicode text (half a surrogate pair) is dropped. Other JSON is left as it is.
fn readable(text: &str) -> serde_json::Result<Cow<'_, str>> {
    if !text.trim_start().starts_with('{') {
        return Ok(Cow::Borrowed(text));
    }
    let mut json = serde_json::Deserializer::from_str(text);
    let members = json.deserialize_map(Members)?;
    json.end()?;
    let mut names = HashSet::with_capacity(members.len());
    let is_last = |name: &RawValue| unquoted(name.get()).is_some_and(|text| names.insert(text.into_owned()));
    let is_last: Vec<bool> = members.iter().rev().map(|(name, _)| *name).map(is_last).collect();
    if is_last.iter().all(|is_last| *is_last) {
        return Ok(Cow::Borrowed(text));
    }
    let kept = members.iter().zip(is_last.into_iter().rev()).filter(|(_, is_last)| *is_last);
    let kept: Vec<_> = kept.map(|((name, value), _)| [name.get(), ":", value.get()].concat()).collect();
    Ok(Cow::Owned(format!("{{{}}}", kept.join(","))))
}

/// Returns the members of an object in their order, without names that are not Unicode text. Empty for other JSON.
#[must_use]
pub fn members(text: &str) -> Vec<(Cow<'_, str>, &RawValue)> {
    let members = serde_json::Deserializer::from_str(text).deserialize_map(Members).unwrap_or_default();
    members.into_iter().filter_map(|(name, value)| Some((unquoted(name.get())?, value))).collect()
}

/// Returns the text of a JSON string. `None` for other JSON, and for strings that are not Unicode text.
#[must_use]
pub fn unquoted(raw: &str) -> Option<Cow<'_, str>> {
    match raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(plain) if !plain.as_bytes().contains(&b'\\') => Some(Cow::Borrowed(plain)),
        _ => serde_json::from_str(raw).ok(),
    }
}

/// Reads the members of an object as they are written.
struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Vec<(&'de RawValue, &'de RawValue)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(members)
    }
}

/// Returns the number in JSON that the Python package takes for a whole one: `3`, `3.0`, `3e2`, `true`, `"3"`, `" 3 "`, `"+3"`, `"1_000"`,
/// `"3.0"`. `None` for other JSON, and for numbers with an exponent or a fraction from 2^63.
#[must_use]
pub fn whole_number(raw: &str) -> Option<i128> {
    match raw.as_bytes() {
        b"true" => Some(1),
        b"false" => Some(0),
        [b'"', ..] => unquoted(raw).and_then(|text| whole_number_in_text(&text)),
        [b'0'..=b'9' | b'-', ..] => whole_number_as_written(raw),
        _ => None,
    }
}

/// Reads `3`, `3.0`, `-0`, `3e2`.
fn whole_number_as_written(raw: &str) -> Option<i128> {
    if let Ok(number) = raw.parse() {
        return Some(number);
    }
    /// 2^63, which the reference does not take any more.
    const TOO_LARGE: f64 = 9_223_372_036_854_775_808.0;
    let number: f64 = raw.parse().ok()?;
    let whole = number.fract() == 0.0 && number.abs() < TOO_LARGE;
    #[expect(clippy::cast_possible_truncation, reason = "whole and within 2^63, as just checked")]
    whole.then_some(number as i128)
}

/// Reads `3`, ` 3 `, `+3`, `-0`, `1_000`, `3.0`.
fn whole_number_in_text(text: &str) -> Option<i128> {
    let text = text.trim();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
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
    format!("{sign}{}", whole.replace('_', "")).parse().ok()
}

/// The error without its line and column, which count from the beginning of a part of the text.
fn without_position(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rsplit_once(" at line ") {
        Some((before, _)) if error.line() > 0 => before.to_owned(),
        _ => text,
    }
}

/// The sentence of serde for somebody who sees the JSON and not the Rust type.
fn in_words(text: &str) -> String {
    let kind = |prefix: &str| text.strip_prefix(prefix).and_then(|rest| rest.rsplit_once(", expected "));
    if let Some((found, expected)) = kind("invalid type: ").or_else(|| kind("invalid value: ")) {
        return format!("must be {}, not {}", expected_in_words(expected), found_in_words(found));
    }
    if let Some((length, expected)) = kind("invalid length ") {
        return format!("must be {}, not of length {length}", expected_in_words(expected));
    }
    if ["must be ", "is ", "has "].iter().any(|verb| text.starts_with(verb)) {
        return clipped(text, 3 * MAX_QUOTED);
    }
    if text.starts_with("UUID parsing failed") {
        return "is not a UUID".to_owned();
    }
    if text.starts_with("data did not match any variant of untagged enum ") {
        return "has none of the forms that are expected".to_owned();
    }
    if text.starts_with("unknown ") {
        return format!("has an {}", clipped(&text.replacen("unknown variant", "unknown value", 1), 3 * MAX_QUOTED));
    }
    let expects_json = text.starts_with("expected ") || text.starts_with("EOF ") || text.starts_with("trailing ");
    let is_json = !expects_json && !text.starts_with("invalid ") && !text.starts_with("control character");
    let text = clipped(text, 3 * MAX_QUOTED);
    if is_json { format!("is wrong: {text}") } else { format!("is not valid JSON: {text}") }
}

/// Describes the value that serde found, e.g. `string "x"`, with its article.
fn found_in_words(found: &str) -> String {
    let found = clipped(found, MAX_QUOTED);
    match found.split(' ').next().unwrap_or_default() {
        "map" => "an object".to_owned(),
        "sequence" => "a list".to_owned(),
        "null" | "unit" => "null".to_owned(),
        "integer" | "floating" | "boolean" => {
            let value = found.split_once('`').map_or(found.as_str(), |(_, value)| value);
            value.replace('`', "")
        }
        _ => format!("the {found}"),
    }
}

/// Describes the JSON that a Rust type accepts, e.g. `struct Settings` or `u32`.
fn expected_in_words(expected: &str) -> String {
    let first = expected.split(' ').next().unwrap_or_default();
    match first {
        "u8" | "u16" | "u32" | "u64" | "u128" | "usize" => "a whole number from 0".to_owned(),
        "i8" | "i16" | "i32" | "i64" | "i128" | "isize" => "a whole number".to_owned(),
        "f32" | "f64" => "a number".to_owned(),
        "struct" | "newtype" | "internally" | "adjacently" => "an object".to_owned(),
        "tuple" | "array" => "a list".to_owned(),
        "enum" | "variant" | "untagged" => "one of the known values".to_owned(),
        "unit" => "null".to_owned(),
        "option" => "a value or null".to_owned(),
        _ if expected.starts_with("a map") => "an object".to_owned(),
        _ if expected.starts_with("a sequence") || expected.starts_with("a tuple") => "a list".to_owned(),
        _ => clipped(expected, 3 * MAX_QUOTED),
    }
}

/// The beginning of a text.
fn clipped(text: &str, length: usize) -> String {
    match text.len() <= length {
        true => text.to_owned(),
        false => format!("{}…", &text[..text.floor_char_boundary(length)]),
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Settings {
        threshold: f64,
        #[serde(default)]
        classes: Vec<Class>,
        #[serde(default)]
        mode: Option<Mode>,
        #[serde(default)]
        size: Option<Size>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Class {
        count: u32,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Mode {
        Fast,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(untagged)]
    enum Size {
        One(u8),
        Two(u8, u8),
    }

    fn said(text: &str) -> String {
        read::<Settings>(text).unwrap_err().to_string()
    }

    #[test]
    fn last_of_duplicate_members_counts() {
        let settings: Settings = read(r#"{"threshold": 1, "thresh\u006fld": 0.5, "mode": null}"#).unwrap();
        assert_eq!(settings.threshold.to_bits(), 0.5_f64.to_bits());
        let text = r#"{"a": 1.50, "b": [1], "a": 2.50}"#;
        assert_eq!(readable(text).unwrap(), r#"{"b":[1],"a":2.50}"#);
        let text = r#" {"\ud800": 1, "b" : 1e2 } "#;
        assert_eq!(readable(text).unwrap(), r#"{"b":1e2}"#);
        assert_eq!(readable(" [1, 1] ").unwrap(), " [1, 1] ");
    }

    #[test]
    fn errors_name_members_and_no_rust_types() {
        for (text, expected) in [
            ("{}", "`threshold` is missing"),
            (r#"{"threshold": "x"}"#, r#"`threshold` must be a number, not the string "x""#),
            (r#"{"threshold": null}"#, "`threshold` must be a number, not null"),
            (r#"{"threshold": 1, "classes": [{"count": 1}, {}]}"#, "`classes[1].count` is missing"),
            (r#"{"threshold": 1, "classes": [7]}"#, "`classes[0]` must be an object, not 7"),
            (
                r#"{"threshold": 1, "classes": [{"count": -1}]}"#,
                "`classes[0].count` must be a whole number from 0, not -1",
            ),
            (r#"{"threshold": 1, "classes": {}}"#, "`classes` must be a list, not an object"),
            (r#"{"threshold": 1, "mode": "slow"}"#, "`mode` has an unknown value `slow`, expected `fast`"),
            (r#"{"threshold": 1, "size": "x"}"#, "`size` has none of the forms that are expected"),
            ("[]", "must be an object, not of length 0"),
            ("7", "must be an object, not 7"),
            ("null", "must be an object, not null"),
            (r#"{"threshold": }"#, "is not valid JSON: expected value"),
            (r#"{"threshold": 1} 2"#, "is not valid JSON: trailing characters"),
        ] {
            let said = said(text);
            assert_eq!(said, expected, "{text}");
            for name in ["Settings", "Class", "Mode", "Size", "struct", "enum", "f64", "u32", "line"] {
                assert!(!said.contains(name), "{text}: {said}");
            }
        }
    }

    #[test]
    fn errors_quote_only_the_beginning_of_a_value() {
        let said = said(&format!(r#"{{"threshold": "{}"}}"#, "ü".repeat(100_000)));
        assert!(said.len() < 300 && said.contains("ü…"), "{said}");
    }

    #[test]
    fn reads_whole_numbers_like_the_reference() {
        for (raw, expected) in [
            ("-3", Some(-3)),
            ("3.0", Some(3)),
            ("3e2", Some(300)),
            ("9223372036854774784.0", Some(9_223_372_036_854_774_784)),
            ("9223372036854775808.0", None),
            ("9223372036854775808", Some(9_223_372_036_854_775_808)),
            ("true", Some(1)),
            ("false", Some(0)),
            (r#"" -3 ""#, Some(-3)),
            (r#""1_000""#, Some(1000)),
            ("1.5", None),
            ("1e300", None),
            ("null", None),
            (r#""""#, None),
            ("[]", None),
        ] {
            assert_eq!(whole_number(raw), expected, "{raw}");
        }
    }
}
