//! Digests of labels, by which the journal recognizes a label row that nobody changed since.

use agent_platform::labels::PLATFORM_MEMBERS;
use data_encoding::HEXLOWER;
use ring::digest::{SHA256, digest};
use serde_json::{Map, Value};

/// Members of a label row that hold answers.
const ANSWERS: [&str; 3] = ["object_answers", "object_actions", "classification_answers"];

/// Returns a digest of the labels of a row, in hexadecimal. Titles, links, times, authors and the order of members do not affect
/// it.
pub(crate) fn labels_digest(row: &str) -> String {
    let labels = serde_json::from_str(row).map(|row: Value| labels(&row).to_string());
    // Numbers such as NaN are not JSON: then each byte counts.
    let text = labels.unwrap_or_else(|_| row.to_owned());
    HEXLOWER.encode(digest(&SHA256, text.as_bytes()).as_ref())
}

/// Returns the labels of a row. `serde_json` sorts the members.
fn labels(row: &Value) -> Value {
    let mut labels = Map::new();
    for key in ["data_units", "spaces"] {
        let holders = row.get(key).and_then(Value::as_object).into_iter().flatten();
        let of_holders = holders.filter_map(|(hash, holder)| Some((hash.clone(), meaning(holder.get("labels")?)?)));
        insert(&mut labels, key, &Value::Object(of_holders.collect()));
    }
    for key in ANSWERS {
        insert(&mut labels, key, row.get(key).unwrap_or(&Value::Null));
    }
    Value::Object(labels)
}

fn insert(labels: &mut Map<String, Value>, key: &str, value: &Value) {
    labels.extend(meaning(value).map(|value| (key.to_owned(), value)));
}

/// Returns a value without members that are empty or filled in by the platform; `None` if nothing is left.
fn meaning(value: &Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::Object(members) => {
            let members = members.iter().filter(|(key, _)| !PLATFORM_MEMBERS.contains(&key.as_str()));
            let members: Map<_, _> = members.filter_map(|(key, value)| Some((key.clone(), meaning(value)?))).collect();
            (!members.is_empty()).then_some(Value::Object(members))
        }
        Value::Array(elements) => {
            let elements: Vec<_> = elements.iter().map(|element| meaning(element).unwrap_or_default()).collect();
            (!elements.is_empty()).then_some(Value::Array(elements))
        }
        Value::String(text) if text.is_empty() => None,
        other => Some(other.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digest_covers_labels_only() {
        let row = |title: &str, x: f64, time: &str| {
            serde_json::json!({"data_title": title, "object_answers": {}, "data_units": {"d": {"title": title, "labels": {"0":
                {"objects": [{"objectHash": "a", "boundingBox": {"x": x}, "lastEditedAt": time}]}}}}})
            .to_string()
        };
        let digest = labels_digest(&row("a", 0.5, "1"));
        assert_eq!(digest, labels_digest(&row("b", 0.5, "2")));
        assert_ne!(digest, labels_digest(&row("a", 0.6, "1")));
        assert_ne!(labels_digest("NaN"), labels_digest("nan"));
        let empty = [r#"{"data_units": {"d": {"labels": {}}}, "object_answers": {}}"#, "{}"];
        assert_eq!(labels_digest(empty[0]), labels_digest(empty[1]));
    }
}
