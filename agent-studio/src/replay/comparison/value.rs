//! Comparison of JSON values.

use agent_platform::labels::PLATFORM_MEMBERS;
use serde_json::{Map, Number, Value};

use crate::cases::Tolerances;

/// Maximum number of differences of one value that are listed.
const MAX_LISTED: usize = 6;

/// Maximum length of a value in a line, in characters.
const MAX_VALUE_CHARS: usize = 80;

/// Members of a label entry with coordinates.
const COORDINATES: [&str; 13] = [
    "boundingBox",
    "rotatableBoundingBox",
    "polygon",
    "polygons",
    "polyline",
    "point",
    "skeleton",
    "bitmask",
    "cuboid",
    "cuboid_2d",
    "circle",
    "ellipse",
    "segmentation",
];

/// Rules for comparing values.
#[derive(Clone, Copy)]
pub(super) struct Rules<'r> {
    pub(super) tolerances: &'r Tolerances,
    /// Members that are not compared at any depth, besides those of the tolerances.
    pub(super) ignored: &'r [&'r str],
    /// Coordinates are compared as shapes elsewhere.
    pub(super) skip_coordinates: bool,
    /// The value is part of a label: members that the platform fills in are not compared, and an absent member equals an empty one.
    pub(super) is_label: bool,
}

/// Maximum difference of the numbers at a place.
#[derive(Clone, Copy)]
struct NumberTolerance(f64);

/// Returns the differences of two values, each as `path: expected → actual`.
pub(super) fn differences(expected: &Value, actual: &Value, rules: Rules<'_>) -> Vec<String> {
    let mut found = Vec::new();
    compare("", expected, actual, rules, NumberTolerance(0.0), &mut found);
    if found.len() > MAX_LISTED {
        let more = found.len() - MAX_LISTED;
        found.truncate(MAX_LISTED);
        found.push(format!("and {more} more differences"));
    }
    found
}

fn compare(
    path: &str,
    one: &Value,
    other: &Value,
    rules: Rules<'_>,
    numbers: NumberTolerance,
    found: &mut Vec<String>,
) {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => compare_members(path, one, other, rules, numbers, found),
        (Value::Array(one), Value::Array(other)) => {
            let kept = |all: &[Value]| all.iter().filter(|value| !is_ignored_answer(value, rules)).cloned().collect();
            let (one, other): (Vec<_>, Vec<_>) = (kept(one), kept(other));
            if one.len() != other.len() {
                found.push(format!("{} {} elements → {}", place(path), one.len(), other.len()));
                return;
            }
            for (index, (one, other)) in one.iter().zip(&other).enumerate() {
                compare(&format!("{path}[{index}]"), one, other, rules, numbers, found);
            }
        }
        (Value::Number(one_number), Value::Number(other_number)) => {
            if !is_near(one_number, other_number, numbers) {
                found.push(line(path, one, other));
            }
        }
        _ => {
            let are_blank = rules.is_label && is_blank(one) && is_blank(other);
            if one != other && !are_blank {
                found.push(line(path, one, other));
            }
        }
    }
}

fn compare_members(
    path: &str,
    one: &Map<String, Value>,
    other: &Map<String, Value>,
    rules: Rules<'_>,
    numbers: NumberTolerance,
    found: &mut Vec<String>,
) {
    let added = other.keys().filter(|key| !one.contains_key(*key));
    for key in one.keys().chain(added) {
        let is_platform_member = rules.is_label && PLATFORM_MEMBERS.contains(&key.as_str());
        let is_coordinates = rules.is_label && path.is_empty() && COORDINATES.contains(&key.as_str());
        let is_ignored = rules.tolerances.ignores(key) || rules.ignored.contains(&key.as_str());
        if is_platform_member || is_ignored || (is_coordinates && rules.skip_coordinates) {
            continue;
        }
        let numbers = match key.as_str() {
            "confidence" => NumberTolerance(rules.tolerances.confidence),
            _ if is_coordinates => NumberTolerance(rules.tolerances.coordinates),
            _ => numbers,
        };
        let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        let value = |members: &Map<String, Value>| members.get(key).cloned();
        match (value(one), value(other)) {
            (Some(one), Some(other)) => compare(&path, &one, &other, rules, numbers, found),
            (one, other) => {
                let are_blank = rules.is_label && [&one, &other].into_iter().flatten().all(is_blank);
                if !are_blank {
                    found.push(format!("{} {} → {}", place(&path), shown(one.as_ref()), shown(other.as_ref())));
                }
            }
        }
    }
}

/// Returns whether a value is the answer of an attribute that is not compared.
fn is_ignored_answer(value: &Value, rules: Rules<'_>) -> bool {
    let names = ["name", "featureHash"].into_iter().filter_map(|key| value.get(key).and_then(Value::as_str));
    names.into_iter().any(|name| rules.tolerances.ignores(name))
}

fn is_near(one: &Number, other: &Number, NumberTolerance(tolerance): NumberTolerance) -> bool {
    if one == other {
        return true;
    }
    // Whole numbers are compared exactly above; as floating-point numbers, large ones may be equal by rounding.
    if one.as_f64().zip(other.as_f64()).is_none_or(|(one, other)| (one - other).abs() > tolerance) {
        return false;
    }
    tolerance > 0.0 || one.is_f64() || other.is_f64()
}

/// Returns whether a value says no more than its absence.
fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(elements) => elements.is_empty(),
        Value::Object(members) => members.values().all(is_blank),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

fn line(path: &str, one: &Value, other: &Value) -> String {
    format!("{} {} → {}", place(path), shown(Some(one)), shown(Some(other)))
}

fn place(path: &str) -> String {
    if path.is_empty() { "value:".to_owned() } else { format!("{path}:") }
}

/// Writes a value on one line, cut off if it is long.
pub(super) fn shown(value: Option<&Value>) -> String {
    let text = value.map_or_else(|| "nothing".to_owned(), Value::to_string);
    match text.char_indices().nth(MAX_VALUE_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn compared(one: &Value, other: &Value, tolerances: &Tolerances) -> Vec<String> {
        let rules = Rules { tolerances, ignored: &["objectHash"], skip_coordinates: false, is_label: true };
        differences(one, other, rules)
    }

    #[test]
    fn lists_differences_by_path() {
        let one = json!({"a": 1, "b": [{"c": "x"}, 2], "d": true, "objectHash": "1"});
        let other = json!({"a": 1.0, "b": [{"c": "y"}, 2], "e": 3, "objectHash": "2"});
        let found = compared(&one, &other, &Tolerances::default());
        assert_eq!(found, ["b[0].c: \"x\" → \"y\"", "d: true → nothing", "e: nothing → 3"]);
        assert_eq!(compared(&json!([1, 2]), &json!([1]), &Tolerances::default()), ["value: 2 elements → 1"]);
        let long: Vec<_> = (0..20).collect();
        let found = compared(&json!(long), &json!(vec![-1; 20]), &Tolerances::default());
        assert_eq!((found.len(), found[6].as_str()), (7, "and 14 more differences"));
    }

    #[test]
    fn absent_member_equals_empty_one_in_labels() {
        let (one, other) = (json!({"a": [], "b": null, "createdAt": "x"}), json!({"c": {"d": ""}}));
        assert!(compared(&one, &other, &Tolerances::default()).is_empty());
        let tolerances = Tolerances::default();
        let rules = Rules { tolerances: &tolerances, ignored: &[], skip_coordinates: false, is_label: false };
        assert_eq!(differences(&one, &other, rules).len(), 4);
    }

    #[test]
    fn numbers_are_compared_within_tolerance() {
        let tolerances = Tolerances {
            coordinates: 0.01,
            confidence: 0.1,
            ignore: vec!["Notes".to_owned()],
            ..Tolerances::default()
        };
        let entry = |x: f64, confidence: f64, other: f64, notes: &str| {
            json!({"boundingBox": {"x": x}, "confidence": confidence, "other": other,
                "classifications": [{"name": "Notes", "answers": notes}]})
        };
        let one = entry(0.5, 0.9, 1.0, "a");
        assert!(compared(&one, &entry(0.505, 0.85, 1.0, "b"), &tolerances).is_empty());
        assert_eq!(compared(&one, &entry(0.52, 0.9, 1.0, "a"), &tolerances), ["boundingBox.x: 0.5 → 0.52"]);
        assert_eq!(compared(&one, &entry(0.5, 0.7, 1.0, "a"), &tolerances), ["confidence: 0.9 → 0.7"]);
        assert_eq!(compared(&one, &entry(0.5, 0.9, 1.001, "a"), &tolerances), ["other: 1.0 → 1.001"]);
        let large = |last: u64| json!({"time": 1_700_000_000_000_000_000_u64 + last});
        assert_eq!(compared(&large(1), &large(2), &tolerances).len(), 1);
    }
}
