//! Semantic comparison of label JSON.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::json::{Scanner, elements, float, is_object, member, members, string};

/// Members of label entries that the platform fills in or changes by itself when a row is saved.
pub const PLATFORM_MEMBERS: [&str; 5] = ["createdAt", "createdBy", "lastEditedAt", "lastEditedBy", "objectNumber"];

/// Members of a label row that hold answers (contract: `docs/contract/label-format.md#label-row`).
const ANSWERS: [&str; 3] = ["object_answers", "object_actions", "classification_answers"];

/// Returns whether two texts of a label row hold the same labels.
///
/// Key order, the spelling of numbers and strings, and the members that the platform fills in (`createdAt`, `createdBy`,
/// `lastEditedAt`, `lastEditedBy`, `objectNumber`) make no difference. An absent member equals `null` and an empty value.
/// Only labels are compared: titles, links, states and other members of the row are ignored. Returns `false` if either text is
/// not a label row.
///
/// ```
/// use agent_platform::labels::same_labels;
///
/// let sent = r#"{"data_units": {"d": {"labels": {"0": {"objects": [{"objectHash": "a", "x": 1}]}}}}}"#;
/// let stored = r#"{"label_status": "LABELLED", "data_units": {"d": {"labels": {"0": {"objects":
///     [{"x": 1.0, "objectHash": "a", "lastEditedAt": "Thu, 09 Feb 2023 14:12:03 GMT"}]}}}}}"#;
/// assert!(same_labels(sent, stored));
/// assert!(!same_labels(sent, &stored.replace("1.0", "1.5")));
/// ```
#[must_use]
pub fn same_labels(one: &str, other: &str) -> bool {
    if !is_json_object(one) || !is_json_object(other) {
        return false;
    }
    let (one, other) = (Labels::from_row(one), Labels::from_row(other));
    let same_answers = one.answers.iter().zip(other.answers).all(|(one, other)| same_value(one, other));
    same_answers && same_holders(one.units, other.units) && same_holders(one.spaces, other.spaces)
}

/// Returns whether a text is one JSON object and nothing else.
fn is_json_object(text: &str) -> bool {
    let mut scanner = Scanner::new(text);
    scanner.space();
    scanner.peek() == Some(b'{') && scanner.value().and_then(|()| scanner.end()).is_ok()
}

/// The members of a label row that hold labels, as JSON.
struct Labels<'t> {
    units: &'t str,
    spaces: &'t str,
    answers: [&'t str; 3],
}

impl<'t> Labels<'t> {
    fn from_row(row: &'t str) -> Self {
        let mut labels = Self { units: "null", spaces: "null", answers: ["null"; 3] };
        for (key, value) in members(row) {
            match key.as_ref() {
                "data_units" => labels.units = value,
                "spaces" => labels.spaces = value,
                key => {
                    for (_, answers) in ANSWERS.iter().zip(&mut labels.answers).filter(|(name, _)| **name == key) {
                        *answers = value;
                    }
                }
            }
        }
        labels
    }
}

/// Returns whether the `labels` of two maps of data units or spaces are the same.
fn same_holders<'t>(one: &'t str, other: &'t str) -> bool {
    let labels = |holder| member(holder, "labels").unwrap_or("null");
    let mut others: HashMap<Cow<'t, str>, &str> = members(other).collect();
    let one: HashMap<Cow<'t, str>, &str> = members(one).collect();
    let all_there = one.iter().all(|(key, holder)| {
        let there = others.remove(key).map_or("null", labels);
        same_value(labels(holder), there)
    });
    all_there && others.values().all(|holder| is_blank(labels(holder)))
}

/// Returns whether two JSON values mean the same label.
pub(crate) fn same_value(one: &str, other: &str) -> bool {
    if one == other {
        return true;
    }
    match (one.as_bytes().first(), other.as_bytes().first()) {
        (Some(b'{'), Some(b'{')) => same_members(one, other),
        (Some(b'['), Some(b'[')) => same_elements(one, other),
        (Some(b'"'), Some(b'"')) => (one.contains('\\') || other.contains('\\')) && string(one) == string(other),
        _ => same_number(one, other) || (is_blank(one) && is_blank(other)),
    }
}

fn same_elements(one: &str, other: &str) -> bool {
    let (mut one, mut other) = (elements(one), elements(other));
    loop {
        match (one.next(), other.next()) {
            (None, None) => return true,
            (Some(one), Some(other)) if same_value(one, other) => {}
            _ => return false,
        }
    }
}

/// Compares members in lockstep while the keys come in the same order, and by key from there on.
fn same_members(one: &str, other: &str) -> bool {
    let mut one = members(one).filter(|(key, _)| !is_platform_member(key));
    let mut other = members(other).filter(|(key, _)| !is_platform_member(key));
    loop {
        match (one.next(), other.next()) {
            (None, None) => return true,
            (Some((key, value)), Some((other_key, other_value))) if key == other_key => {
                if !same_value(value, other_value) {
                    return false;
                }
            }
            (first, other_first) => {
                let others: HashMap<Cow<'_, str>, &str> = other_first.into_iter().chain(other).collect();
                return same_in_any_order(first.into_iter().chain(one).collect(), others);
            }
        }
    }
}

fn same_in_any_order<'t>(one: HashMap<Cow<'t, str>, &str>, mut other: HashMap<Cow<'t, str>, &str>) -> bool {
    let all_there = one.into_iter().all(|(key, value)| match other.remove(&key) {
        Some(there) => same_value(value, there),
        None => is_blank(value),
    });
    all_there && other.into_values().all(is_blank)
}

fn is_platform_member(key: &str) -> bool {
    PLATFORM_MEMBERS.contains(&key)
}

/// Whole numbers are compared exactly: nanoseconds need more digits than an `f64` has.
#[expect(clippy::float_cmp, reason = "the same number in another spelling, not a near one")]
fn same_number(one: &str, other: &str) -> bool {
    if let (Ok(one), Ok(other)) = (one.parse::<i128>(), other.parse::<i128>()) {
        return one == other;
    }
    matches!((float(one), float(other)), (Some(one), Some(other)) if one == other)
}

/// Returns whether a value says no more than its absence: the platform may leave it out or write it.
pub(crate) fn is_blank(value: &str) -> bool {
    match value.as_bytes().first() {
        Some(b'n') => true,
        Some(b'"') => value == "\"\"",
        Some(b'[') => elements(value).next().is_none(),
        Some(b'{') => members(value).all(|(_, value)| is_blank(value)),
        _ => false,
    }
}

/// Returns whether an entry of `object_answers` or `object_actions` says nothing beyond which object it is about.
pub(crate) fn answers_nothing(entry: &str) -> bool {
    let about = |key: &str| key == "objectHash" || is_platform_member(key);
    is_object(entry) && members(entry).all(|(key, value)| about(&key) || is_blank(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROW: &str = r#"{"label_hash": "l", "data_units": {"d": {"labels": {"0": {"objects": [{"objectHash": "a", "x": 1}]}}}},
        "object_answers": {"a": {"objectHash": "a", "classifications": []}}}"#;

    #[test]
    fn ignores_members_assigned_by_the_platform() {
        let stored = r#"{"data_units": {"d": {"data_link": "x", "labels": {"0": {"objects": [{"x": 1.0, "objectHash": "a",
            "lastEditedAt": "now"}], "classifications": []}, "1": {"objects": []}}}}, "label_status": "LABELLED",
            "object_answers": {"a": {"objectHash": "a", "objectNumber": 3}}, "object_actions": {}}"#;
        assert!(same_labels(ROW, stored) && same_labels(stored, ROW));
    }

    #[test]
    fn detects_different_labels() {
        for (this, that) in [
            (r#""x": 1"#, r#""x": 1.5"#),
            (r#"{"objectHash": "a", "x": 1}"#, ""),
            (r#""a": {"objectHash": "a", "classifications": []}"#, ""),
            (r#""classifications": []"#, r#""classifications": [{"name": "Colour"}]"#),
            ("{\"label_hash\"", "no JSON"),
        ] {
            let other = ROW.replace(this, that);
            assert_ne!(other, ROW);
            assert!(!same_labels(ROW, &other) && !same_labels(&other, ROW), "{other}");
        }
    }

    #[test]
    fn text_that_is_not_a_row_equals_nothing() {
        for text in ["", "[]", "null", "{} {}", "{\"a\":}"] {
            assert!(!same_labels(text, text), "{text}");
        }
    }

    #[test]
    fn compares_values_by_meaning() {
        for (one, other) in [
            ("1", "1.0"),
            ("10", "1e1"),
            ("\"a\"", "\"\\u0061\""),
            (r#"{"a": 1, "b": [2, {"c": 3}]}"#, r#"{"b":[2,{"c":3.0}],"a":1}"#),
            (r#"{"a": null, "b": 1, "c": {"d": []}}"#, r#"{"b": 1}"#),
            (r#"{"lastEditedBy": "x", "a": 1}"#, r#"{"a": 1, "createdAt": "y"}"#),
            ("null", "{}"),
            ("NaN", "NaN"),
        ] {
            assert!(same_value(one, other) && same_value(other, one), "{one} {other}");
        }
        for (one, other) in [
            ("1", "2"),
            ("1", "true"),
            ("0", "null"),
            ("false", "null"),
            ("\"1\"", "1"),
            ("[1, 2]", "[2, 1]"),
            ("[1]", "[1, 1]"),
            (r#"{"a": 1, "b": 2}"#, r#"{"a": 1, "c": 2}"#),
            (r#"{"a": 1}"#, r#"{"a": 1, "b": 2}"#),
            ("1700000000000000001", "1700000000000000002"),
        ] {
            assert!(!same_value(one, other) && !same_value(other, one), "{one} {other}");
        }
    }

    #[test]
    fn detects_empty_answers() {
        assert!(answers_nothing(r#"{"objectHash": "a", "classifications": [], "objectNumber": 3}"#));
        assert!(answers_nothing(r#"{"objectHash": "a", "actions": []}"#));
        assert!(!answers_nothing(r#"{"objectHash": "a", "classifications": [], "range": [[0, 1]]}"#));
        assert!(!answers_nothing("null"));
    }
}
