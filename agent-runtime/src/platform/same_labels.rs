//! Whether two texts of a label row hold the same labels.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

/// Members that the platform fills in or changes by itself when a row is saved.
const THE_PLATFORMS: [&str; 5] = ["createdAt", "createdBy", "lastEditedAt", "lastEditedBy", "objectNumber"];

/// The members of a label row that hold labels (contract: `label-format.md`, section 3).
#[derive(Deserialize)]
struct Labels {
    #[serde(default)]
    data_units: BTreeMap<String, Holder>,
    #[serde(default)]
    spaces: Option<BTreeMap<String, Holder>>,
    #[serde(default)]
    object_answers: Value,
    #[serde(default)]
    object_actions: Value,
    #[serde(default)]
    classification_answers: Value,
}

#[derive(Deserialize)]
struct Holder {
    #[serde(default)]
    labels: Value,
}

/// Whether two texts hold the same labels: in any order of keys and spelling of numbers, and whatever the platform fills
/// in. What is not a label row holds no labels that are the same.
pub(super) fn same_labels(one: &str, other: &str) -> bool {
    let (Ok(one), Ok(other)) = (serde_json::from_str::<Labels>(one), serde_json::from_str::<Labels>(other)) else {
        return false;
    };
    let same_holders = |one: &BTreeMap<String, Holder>, other: &BTreeMap<String, Holder>| {
        one.keys().chain(other.keys()).all(|key| {
            let labels = |holders: &BTreeMap<String, Holder>| {
                holders.get(key).map_or(Value::Null, |holder| holder.labels.clone())
            };
            same(&labels(one), &labels(other))
        })
    };
    same_holders(&one.data_units, &other.data_units)
        && same_holders(&one.spaces.unwrap_or_default(), &other.spaces.unwrap_or_default())
        && same(&one.object_answers, &other.object_answers)
        && same(&one.object_actions, &other.object_actions)
        && same(&one.classification_answers, &other.classification_answers)
}

fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => covers(one, other) && covers(other, one),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Number(one), Value::Number(other)) => one == other || one.as_f64() == other.as_f64(),
        _ => one == other || is_nothing(one) && is_nothing(other),
    }
}

/// Whether everything of the first is the same in the second.
fn covers(one: &Map<String, Value>, other: &Map<String, Value>) -> bool {
    one.iter().filter(|(key, _)| !THE_PLATFORMS.contains(&key.as_str())).all(|(key, value)| match other.get(key) {
        Some(there) => same(value, there),
        None => is_nothing(value),
    })
}

/// Whether a value says no more than its absence: the platform may leave it out or write it.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(elements) => elements.is_empty(),
        Value::Object(members) => members.values().all(is_nothing),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROW: &str = r#"{"label_hash": "l", "data_units": {"d": {"labels": {"0": {"objects": [{"objectHash": "a", "x": 1}]}}}},
        "object_answers": {"a": {"objectHash": "a", "classifications": []}}}"#;

    #[test]
    fn what_the_platform_fills_in_makes_no_difference() {
        let stored = r#"{"data_units": {"d": {"data_link": "x", "labels": {"0": {"objects": [{"x": 1.0, "objectHash": "a",
            "lastEditedAt": "now"}], "classifications": []}, "1": {"objects": []}}}}, "label_status": "LABELLED",
            "object_answers": {"a": {"objectHash": "a", "objectNumber": 3}}, "object_actions": {}}"#;
        assert!(same_labels(ROW, stored) && same_labels(stored, ROW));
    }

    #[test]
    fn labels_that_differ_do() {
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
}
