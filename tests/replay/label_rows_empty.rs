//! Empty rows of data that has no label row: equal to those that the platform creates.

use std::collections::BTreeMap;
use std::sync::Arc;

use agent_platform::labels::{LabelRow, TransferError};
use agent_platform::ontology::Ontology;
use serde_json::{Map, Value, json};
use test_support::recordings;

use super::row_set;

/// Returns the file names of the recorded exchanges that end so, in order.
fn exchanges(suffix: &str) -> Vec<String> {
    recordings::exchanges().into_iter().filter(|name| name.ends_with(suffix)).collect()
}

fn ontology() -> Arc<Ontology> {
    Arc::new(Ontology::parse(r#"{"objects": [], "classifications": []}"#).unwrap())
}

/// Returns the rows in the response of a recorded exchange.
fn responses(name: &str) -> Vec<Value> {
    let exchange = recordings::json(&format!("exchanges/{name}"));
    exchange["response"]["body"]["json"]["response"].as_array().unwrap().clone()
}

/// Returns the last listing entry of the data before an exchange. The entry of a group has its images.
fn listed_before(name: &str, data_hash: &Value) -> Value {
    let listings = exchanges("labelrowmetadata-get.json").into_iter().filter(|listing| listing.as_str() < name);
    let entries = listings.flat_map(|listing| responses(&listing));
    let mut about = entries.filter(|entry| entry["data_hash"] == *data_hash);
    let found = about.rfind(|entry| entry["data_type"] != "IMG_GROUP" || !entry["images_data"].is_null());
    found.expect("it was listed")
}

/// Returns a row without the members that are not in the listing.
fn comparable(mut row: Value) -> Value {
    let members = row.as_object_mut().unwrap();
    for key in ["label_hash", "created_at", "last_edited_at", "label_status", "is_image_sequence", "export_history"] {
        members.remove(key);
    }
    for unit in row["data_units"].as_object_mut().unwrap().values_mut() {
        let unit = unit.as_object_mut().unwrap();
        // The listing gives no link of an image of a group, and none that is signed.
        unit.remove("data_link");
    }
    row
}

fn value(row: &LabelRow) -> Value {
    serde_json::from_str(&row.to_json()).unwrap()
}

#[test]
fn empty_row_equals_created_row() {
    let created = exchanges("labelrow-put.json");
    assert_eq!(created.len(), 2, "the recorded creations");
    for name in created {
        for row in responses(&name) {
            let entry = listed_before(&name, &row["data_hash"]);
            assert!(entry["label_hash"].is_null(), "{name}");
            let empty = LabelRow::empty(&entry.to_string(), ontology()).unwrap();
            assert!(!empty.is_on_platform());
            let link =
                |row: &Value| row["data_units"].as_object().unwrap().values().next().unwrap()["data_link"].clone();
            assert_eq!(link(&value(&empty)), link(&row), "{name}");
            assert_eq!(comparable(value(&empty)), comparable(row), "{name}");
        }
    }
}

#[test]
fn row_without_labels_equals_empty_row() {
    let mut kinds = Vec::new();
    for name in exchanges("labelrow-get.json") {
        for row in responses(&name) {
            let mut entry = listed_before(&name, &row["data_hash"]);
            entry["label_hash"] = Value::Null;
            let empty = LabelRow::empty(&entry.to_string(), ontology()).unwrap();
            kinds.push(row["data_type"].as_str().unwrap().to_owned());
            assert_eq!(comparable(value(&empty)), comparable(unlabelled(row)), "{name}");
        }
    }
    for kind in ["image", "img_group", "video"] {
        assert!(kinds.iter().any(|own| own == kind), "{kind} is among {kinds:?}");
    }
}

/// Empties the lists of labels.
fn emptied(blob: &mut Map<String, Value>) {
    for (key, labels) in blob {
        if matches!(key.as_str(), "objects" | "classifications") {
            *labels = json!([]);
        }
    }
}

fn is_empty(blob: &Value) -> bool {
    blob.as_object().unwrap().values().all(|member| member.as_array().is_some_and(Vec::is_empty))
}

/// Visits the `labels` of every unit and space.
fn each_labels(row: &mut Value, mut visit: impl FnMut(&mut Map<String, Value>)) {
    for holder in ["data_units", "spaces"] {
        for part in row.get_mut(holder).and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut) {
            if let Some(labels) = part.get_mut("labels").and_then(Value::as_object_mut) {
                visit(labels);
            }
        }
    }
}

/// Removes all labels from a row. Metadata of frames stays.
fn unlabelled(mut row: Value) -> Value {
    each_labels(&mut row, |labels| {
        if labels.contains_key("objects") {
            return emptied(labels);
        }
        labels.values_mut().for_each(|frame| emptied(frame.as_object_mut().unwrap()));
        labels.retain(|_, frame| !is_empty(frame));
    });
    for key in ["object_answers", "object_actions", "classification_answers"] {
        row[key] = json!({});
    }
    row
}

/// Removes frames without labels. An image without labels equals one with empty lists.
fn normalized(mut row: Value) -> Value {
    each_labels(&mut row, |labels| {
        if labels.contains_key("objects") && is_empty(&Value::Object(labels.clone())) {
            labels.clear();
        }
        labels.retain(|_, frame| frame.as_array().is_some() || !is_empty(frame));
    });
    row
}

/// Returns the listing entry of the data without a label row.
fn entry_of(mut metadata: Value, row: &Value) -> String {
    metadata["label_hash"] = Value::Null;
    metadata["data_hash"] = row["data_hash"].clone();
    let units: Vec<&Value> = row["data_units"].as_object().unwrap().values().collect();
    if row["data_type"] == "img_group" {
        let image = |unit: &&Value| {
            let index: u64 = unit["data_sequence"].to_string().trim_matches('"').parse().unwrap();
            json!({"index": index, "title": unit["data_title"], "file_type": unit["data_type"],
                   "width": unit["width"], "height": unit["height"], "image_hash": unit["data_hash"]})
        };
        metadata["images_data"] = units.iter().map(image).collect();
    } else {
        metadata["file_type"] = units[0]["data_type"].clone();
    }
    metadata.to_string()
}

/// Returns every label of a row with its placements and answers.
fn labels(row: &LabelRow) -> BTreeMap<String, Vec<String>> {
    let mut all = BTreeMap::<String, Vec<String>>::new();
    for object in row.objects() {
        let entries = all.entry(object.hash().to_string()).or_default();
        entries.push(format!("{} {:?} {:?}", object.feature_hash(), object.answers(), object.ranges()));
        let on = |placed: agent_platform::labels::FrameObject<'_>| {
            format!("{} {:?} {}", placed.frame(), placed.space_id(), placed.json())
        };
        entries.extend(object.placements().map(on));
    }
    for classification in row.classifications() {
        let entries = all.entry(classification.hash().to_string()).or_default();
        let ranges = classification.ranges();
        entries.push(format!("{} {ranges} {}", classification.feature_hash(), classification.json()));
    }
    all
}

#[test]
fn moves_labels_into_created_row() {
    for texts in row_set::open().texts() {
        let name = &texts.name;
        let original: Value = serde_json::from_str(&texts.row).unwrap();
        let metadata: Value = serde_json::from_str(&texts.metadata).unwrap();
        let ontology = texts.parse_ontology();
        let labelled = LabelRow::parse(texts.row.clone(), ontology.clone()).unwrap();

        let empty = LabelRow::empty(&entry_of(metadata, &original), ontology.clone()).unwrap();
        assert_eq!(labels(&empty), BTreeMap::new(), "{name}");
        if original["scene"]["isContinuous"] == true {
            // The listing does not tell that a scene is continuous, so the empty row has frames.
            assert!(matches!(empty.with_labels_of(&labelled), Err(TransferError::OtherData { .. })), "{name}");
            continue;
        }
        let edited = empty.with_labels_of(&labelled).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(labels(&edited), labels(&labelled), "{name}: the empty row gets all labels");

        let created = LabelRow::parse(unlabelled(original.clone()).to_string(), ontology.clone()).unwrap();
        let row = created.with_labels_of(&edited).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(normalized(value(&row)), normalized(original), "{name}: the created row equals the original");
        assert_eq!(labels(&row), labels(&labelled), "{name}");
        assert_eq!(labels(&LabelRow::parse(row.to_json(), ontology).unwrap()), labels(&labelled), "{name}: read again");
    }
}
