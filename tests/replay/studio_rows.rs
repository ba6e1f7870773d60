//! Label rows of every kind of data on the local platform: served unchanged, and saved as the SDK saves them.

use agent_platform::client::{LabelRowFilter, LabelRowToSave, ReadLabels, Validation};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use test_support::studio::rows;

use super::row_set;

/// Removes the members that the platform fills in for the user who saves.
fn without_authors(labels: &Value) -> Value {
    match labels {
        Value::Object(members) => {
            let kept = members
                .iter()
                .filter(|(key, _)| !["createdBy", "lastEditedBy", "objectNumber"].contains(&key.as_str()));
            Value::Object(kept.map(|(key, value)| (key.clone(), without_authors(value))).collect())
        }
        Value::Array(elements) => elements.iter().map(without_authors).collect(),
        other => other.clone(),
    }
}

#[tokio::test]
async fn serves_and_saves_rows_of_every_kind() {
    let rows = row_set::open();
    let running = rows::start(&rows).await;
    let platform = running.client().unwrap();
    for (texts, project) in rows.texts().into_iter().zip(running.project_hashes()) {
        let name = &texts.name;
        let listed = platform.list_label_rows(project, &LabelRowFilter::default()).await.unwrap();
        let label_hash = listed[0].label_hash.clone().unwrap();
        let read = platform.label_row(project, &label_hash, &ReadLabels::default()).await.unwrap();
        assert_eq!(serde_json::from_str::<Value>(read.get()).unwrap(), texts.on_branch(), "{name}");

        let row = RawValue::from_string(texts.sdk_save.clone()).unwrap();
        let saved =
            platform.save_label_row(project, LabelRowToSave::new(&label_hash, &row), Validation::BeforeSaving).await;
        saved.unwrap_or_else(|error| panic!("{name}: {error}"));
        let sent: Value = serde_json::from_str(&texts.sdk_save).unwrap();
        let read = platform.label_row(project, &label_hash, &ReadLabels::default()).await.unwrap();
        let read: Value = serde_json::from_str(read.get()).unwrap();
        for part in ["object_answers", "object_actions", "classification_answers"] {
            assert_eq!(without_authors(&read[part]), without_authors(&sent[part]), "{name}: {part}");
        }
        assert_eq!(
            without_authors(&read["spaces"]),
            without_authors(sent.get("spaces").unwrap_or(&json!({}))),
            "{name}"
        );
        for (hash, unit) in sent["data_units"].as_object().unwrap() {
            let labels = without_authors(&read["data_units"][hash]["labels"]);
            assert_eq!(labels, without_authors(&unit["labels"]), "{name}: {hash}");
        }
    }
}
