//! Reading and writing of label rows and ontologies, without a loss.

use agent_platform::labels::{AnyCoordinates, Bitmask, LabelRow, Segmentation};
use agent_platform::ontology::{Ontology, Shape};
use serde_json::Value;

use super::row_set;

fn rows() -> Vec<(String, LabelRow, Value)> {
    let parsed = |texts: test_support::rows::RowTexts| {
        let row = texts.parse();
        (texts.name, row, serde_json::from_str(&texts.row).unwrap())
    };
    row_set::open().texts().into_iter().map(parsed).collect()
}

#[test]
fn unchanged_rows_keep_their_text() {
    for (name, row, _) in rows() {
        assert_eq!(row.to_json(), row.original_json(), "{name}");
        assert!(!row.is_changed(), "{name}");
    }
}

#[test]
fn ontologies_keep_their_text() {
    let ontologies = row_set::open().ontologies();
    assert!(!ontologies.is_empty());
    for (name, text) in ontologies {
        assert_eq!(Ontology::parse(text.clone()).unwrap().json(), text, "{name}");
    }
}

/// Returns the entries of all frames, units and spaces.
fn blobs(row: &Value) -> Vec<&Value> {
    let units = row["data_units"].as_object().unwrap().values();
    let spaces = row.get("spaces").and_then(Value::as_object).into_iter().flat_map(|spaces| spaces.values());
    let labels = units.chain(spaces).map(|part| &part["labels"]);
    labels
        .flat_map(|labels| {
            if labels.get("objects").is_some() {
                vec![labels]
            } else {
                labels.as_object().map(|frames| frames.values().collect()).unwrap_or_default()
            }
        })
        .collect()
}

#[test]
fn reads_every_object_and_answer() {
    let mut seen = std::collections::BTreeMap::<String, usize>::new();
    for (name, row, json) in rows() {
        let expected: usize = blobs(&json).iter().map(|blob| blob["objects"].as_array().map_or(0, Vec::len)).sum();
        let found: usize = row.objects().map(|object| object.placements().count()).sum();
        assert_eq!(found, expected, "{name}");
        for object in row.objects() {
            assert!(object.class().is_some(), "{name}: {}", object.hash());
            for placed in object.placements() {
                let coordinates = placed.any_coordinates().unwrap_or_else(|error| panic!("{name}: {error}"));
                assert_eq!(Some(coordinates.shape()), object.shape(), "{name}");
                *seen.entry(coordinates.shape().to_string()).or_default() += 1;
                // Events that end an object have no author.
                assert_eq!(placed.created_at().is_some(), placed.json().contains("\"createdAt\""), "{name}");
                if let AnyCoordinates::Bitmask(mask) = &coordinates {
                    assert_eq!(
                        Bitmask::from_rows(mask.width(), mask.height(), &mask.to_rows().unwrap()).unwrap(),
                        *mask
                    );
                }
            }
            if object.shape().as_ref().is_some_and(Shape::is_range) {
                // The channels of a continuous scene are in answers only.
                let spaces = json["object_answers"][object.hash().as_str()]["spaces"].as_object().into_iter();
                let in_spaces = spaces.flatten().any(|(id, _)| {
                    object.ranges_in(id).is_ok_and(|ranges| !ranges.is_empty())
                        || object.html_ranges(Some(id)).is_ok_and(|ranges| !ranges.is_empty())
                });
                let covered = !object.ranges().unwrap().is_empty() || !object.html_ranges(None).unwrap().is_empty();
                assert!(covered || in_spaces, "{name}: {}", object.hash());
                *seen.entry(object.shape().unwrap().to_string()).or_default() += 1;
            }
        }
        answers_are_read(&name, &row, &json);
    }
    for shape in row_set::SHAPES {
        assert!(seen.contains_key(*shape), "{shape} is among {seen:?}");
    }
}

fn answers_are_read(name: &str, row: &LabelRow, json: &Value) {
    for (hash, entry) in json["classification_answers"].as_object().unwrap() {
        let classification = row.classification(hash).unwrap();
        let written = entry["classifications"].as_array().unwrap();
        assert_eq!(classification.answers().is_empty(), written.is_empty(), "{name}: {hash}");
        let placed = !classification.ranges().is_empty() || classification.is_in_spaces();
        assert!(placed || classification.is_global() || row.frame(0).classifications().count() > 0, "{name}: {hash}");
    }
    for object in row.objects() {
        let written = &json["object_answers"][object.hash().as_str()]["classifications"];
        for answer in written.as_array().into_iter().flatten() {
            let hash = answer["featureHash"].as_str().unwrap();
            let value = object.answer(hash).unwrap_or_else(|| panic!("{name}: {hash}"));
            if let Some(text) = answer["answers"].as_str() {
                assert_eq!(value.as_text(), Some(text), "{name}");
            }
            for option in answer["answers"].as_array().into_iter().flatten() {
                assert!(value.has(option["featureHash"].as_str().unwrap()), "{name}");
            }
        }
        let actions = &json["object_actions"][object.hash().as_str()]["actions"];
        for action in actions.as_array().into_iter().flatten() {
            let hash = action["featureHash"].as_str().unwrap();
            let first = action["range"][0][0].as_u64().unwrap();
            assert!(object.answer_at(hash, first).is_some(), "{name}: {hash} at {first}");
        }
    }
}

#[test]
fn decodes_segmentations() {
    for (text, points) in [("06", "0–5"), (":6", "10–15"), ("06400M", "0–5, 10–15, 20–22")] {
        let segmentation = Segmentation::decode(text).unwrap();
        assert_eq!(segmentation.points.to_string(), points);
        assert_eq!(segmentation.encode(), text);
    }
}
