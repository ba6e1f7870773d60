//! Rows of data that has no label row yet, against the recorded contract.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use agent_platform::labels::LabelRow;
use agent_platform::ontology::Ontology;
use serde_json::{Map, Value, json};

fn contract(path: &str) -> PathBuf {
    let folder =
        std::env::var_os("AGENT_CONTRACT").expect("AGENT_CONTRACT must name the folder of the recorded contract");
    PathBuf::from(folder).join(path)
}

fn read(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap()
}

/// The file names of a folder of the contract that end so, in order.
fn names(folder: &str, suffix: &str) -> Vec<String> {
    let entries = std::fs::read_dir(contract(folder)).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name.ends_with(suffix)).collect();
    names.sort();
    names
}

fn ontology() -> Arc<Ontology> {
    Arc::new(Ontology::parse(r#"{"objects": [], "classifications": []}"#).unwrap())
}

/// The rows that a recorded exchange answers, and the branch of the request.
fn answers(name: &str) -> Vec<Value> {
    let exchange = read(&contract("exchanges").join(name));
    exchange["response"]["body"]["json"]["response"].as_array().unwrap().clone()
}

/// The last entry about the data that was listed before an exchange, with its images where it is a group of them.
fn listed_before(name: &str, data_hash: &Value) -> Value {
    let listings =
        names("exchanges", "labelrowmetadata-get.json").into_iter().filter(|listing| listing.as_str() < name);
    let entries = listings.flat_map(|listing| answers(&listing));
    let mut about = entries.filter(|entry| entry["data_hash"] == *data_hash);
    let found = about.rfind(|entry| entry["data_type"] != "IMG_GROUP" || !entry["images_data"].is_null());
    found.expect("it was listed")
}

/// A row without what the listing cannot know.
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
fn an_empty_row_is_what_the_platform_creates() {
    let created = names("exchanges", "labelrow-put.json");
    assert_eq!(created.len(), 2, "the recorded creations");
    for name in created {
        for row in answers(&name) {
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
fn rows_that_were_read_are_empty_rows_with_labels() {
    let mut kinds = Vec::new();
    for name in names("exchanges", "labelrow-get.json") {
        for row in answers(&name) {
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

/// The arrays of a blob emptied.
fn emptied(blob: &mut Map<String, Value>) {
    for (key, labels) in blob {
        if matches!(key.as_str(), "objects" | "classifications") {
            *labels = json!([]);
        }
    }
}

fn says_nothing(blob: &Value) -> bool {
    blob.as_object().unwrap().values().all(|member| member.as_array().is_some_and(Vec::is_empty))
}

/// The `labels` of every unit and space.
fn each_labels(row: &mut Value, mut visit: impl FnMut(&mut Map<String, Value>)) {
    for holder in ["data_units", "spaces"] {
        for part in row.get_mut(holder).and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut) {
            if let Some(labels) = part.get_mut("labels").and_then(Value::as_object_mut) {
                visit(labels);
            }
        }
    }
}

/// A row as it was before anybody labelled it: what is known of frames stays.
fn unlabelled(mut row: Value) -> Value {
    each_labels(&mut row, |labels| {
        if labels.contains_key("objects") {
            return emptied(labels);
        }
        labels.values_mut().for_each(|frame| emptied(frame.as_object_mut().unwrap()));
        labels.retain(|_, frame| !says_nothing(frame));
    });
    for key in ["object_answers", "object_actions", "classification_answers"] {
        row[key] = json!({});
    }
    row
}

/// A row without frames that say nothing; one image without labels is one with empty lists.
fn meant(mut row: Value) -> Value {
    each_labels(&mut row, |labels| {
        if labels.contains_key("objects") && says_nothing(&Value::Object(labels.clone())) {
            labels.clear();
        }
        labels.retain(|_, frame| frame.as_array().is_some() || !says_nothing(frame));
    });
    row
}

/// What the listing would have said of a fixture before anybody labelled it.
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

/// Every label of a row: what is where, and what is answered.
fn labels(row: &LabelRow) -> BTreeMap<String, Vec<String>> {
    let mut all = BTreeMap::<String, Vec<String>>::new();
    for object in row.objects() {
        let told = all.entry(object.hash().to_owned()).or_default();
        told.push(format!("{} {:?} {:?}", object.feature_hash(), object.answers(), object.ranges()));
        let on = |placed: agent_platform::labels::FrameObject<'_>| {
            format!("{} {:?} {}", placed.frame(), placed.space_id(), placed.json())
        };
        told.extend(object.placements().map(on));
    }
    for classification in row.classifications() {
        let told = all.entry(classification.hash().to_owned()).or_default();
        let ranges = classification.ranges();
        told.push(format!("{} {ranges} {}", classification.feature_hash(), classification.json()));
    }
    all
}

#[test]
fn labels_move_into_the_created_row() {
    let fixtures = names("fixtures", ".row.json");
    assert_eq!(fixtures.len(), 44, "the fixtures");
    for file in fixtures {
        let name = file.strip_suffix(".row.json").unwrap();
        let part = |suffix: &str| contract("fixtures").join(format!("{name}.{suffix}.json"));
        let fixture = read(&part("row"));
        let ontology = std::fs::read_to_string(part("ontology")).unwrap();
        let ontology = Arc::new(Ontology::parse(ontology).unwrap());
        let labelled = LabelRow::parse(std::fs::read_to_string(part("row")).unwrap(), ontology.clone()).unwrap();

        let empty = LabelRow::empty(&entry_of(read(&part("metadata")), &fixture), ontology.clone()).unwrap();
        assert_eq!(labels(&empty), BTreeMap::new(), "{name}");
        let edited = empty.with_labels_of(&labelled).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(labels(&edited), labels(&labelled), "{name}: the empty row takes what the fixture has");

        let created = LabelRow::parse(unlabelled(fixture.clone()).to_string(), ontology.clone()).unwrap();
        let row = created.with_labels_of(&edited).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(meant(value(&row)), meant(fixture), "{name}: the created row is the fixture again");
        assert_eq!(labels(&row), labels(&labelled), "{name}");
        assert_eq!(labels(&LabelRow::parse(row.to_json(), ontology).unwrap()), labels(&labelled), "{name}: read again");
    }
}
