//! Label rows and ontologies of the recorded contract.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use agent_platform::labels::{AnyCoordinates, Bitmask, LabelRow, RowMetadata, Segmentation};
use agent_platform::ontology::{Ontology, Shape};
use serde_json::Value;

fn fixtures() -> PathBuf {
    let folder =
        std::env::var_os("AGENT_CONTRACT").expect("AGENT_CONTRACT must name the folder of the recorded contract");
    PathBuf::from(folder).join("fixtures")
}

fn files(suffix: &str) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = fs::read_dir(fixtures())
        .expect("the folder named by AGENT_CONTRACT has fixtures")
        .map(|entry| entry.unwrap().path())
        .filter_map(|path| {
            let name = path.file_name()?.to_str()?.strip_suffix(suffix)?.to_owned();
            Some((name, fs::read_to_string(path).unwrap()))
        })
        .collect();
    all.sort();
    all
}

fn rows() -> Vec<(String, LabelRow, Value)> {
    let rows = files(".row.json");
    assert_eq!(rows.len(), 44, "the fixtures");
    let read = |(name, text): (String, String)| {
        let ontology = fs::read_to_string(fixtures().join(format!("{name}.ontology.json"))).unwrap();
        let metadata = fs::read_to_string(fixtures().join(format!("{name}.metadata.json"))).unwrap();
        let row = LabelRow::parse(text.clone(), Arc::new(Ontology::parse(ontology).unwrap())).unwrap();
        (name, row.with_metadata(RowMetadata::parse(&metadata)), serde_json::from_str(&text).unwrap())
    };
    rows.into_iter().map(read).collect()
}

#[test]
fn rows_are_written_as_they_were_read() {
    for (name, row, _) in rows() {
        assert_eq!(row.to_json(), row.original_json(), "{name}");
        assert!(!row.is_changed(), "{name}");
    }
}

#[test]
fn ontologies_are_written_as_they_were_read() {
    let mut ontologies = files(".ontology.json");
    assert!(ontologies.len() >= 44);
    ontologies.extend(
        files(".json")
            .into_iter()
            .filter(|(name, _)| name.starts_with("ontology_") || name == "other_ontology_api_object"),
    );
    for (name, text) in ontologies {
        assert_eq!(Ontology::parse(text.clone()).unwrap().json(), text, "{name}");
    }
}

/// Every object entry and answer of the JSON, found by hand.
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
fn everything_is_read_with_its_type() {
    let mut seen = std::collections::BTreeMap::<String, usize>::new();
    for (name, row, json) in rows() {
        let expected: usize = blobs(&json).iter().map(|blob| blob["objects"].as_array().map_or(0, Vec::len)).sum();
        let found: usize = row.objects().map(|object| object.placements().count()).sum();
        assert_eq!(found, expected, "{name}: object entries");
        for object in row.objects() {
            assert!(object.class().is_some(), "{name}: {}", object.hash());
            for placed in object.placements() {
                let coordinates = placed.any_coordinates().unwrap_or_else(|error| panic!("{name}: {error}"));
                assert_eq!(Some(coordinates.shape()), object.shape(), "{name}");
                *seen.entry(coordinates.shape().to_string()).or_default() += 1;
                assert!(placed.created_at().is_some(), "{name}");
                if let AnyCoordinates::Bitmask(mask) = &coordinates {
                    assert_eq!(
                        Bitmask::from_rows(mask.width(), mask.height(), &mask.to_rows().unwrap()).unwrap(),
                        *mask
                    );
                }
            }
            if object.shape().as_ref().is_some_and(Shape::is_range) {
                let spaces: Vec<_> = row.spaces().map(|space| space.id().to_owned()).collect();
                let in_spaces = spaces.iter().any(|id| {
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
    for shape in [
        "bounding_box",
        "polygon",
        "polyline",
        "point",
        "skeleton",
        "bitmask",
        "cuboid",
        "segmentation",
        "audio",
        "text",
    ] {
        assert!(seen.contains_key(shape), "{shape} is among {seen:?}");
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
        let written = &json["object_answers"][object.hash()]["classifications"];
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
        let actions = &json["object_actions"][object.hash()]["actions"];
        for action in actions.as_array().into_iter().flatten() {
            let hash = action["featureHash"].as_str().unwrap();
            let first = action["range"][0][0].as_u64().unwrap();
            assert!(object.answer_at(hash, first).is_some(), "{name}: {hash} at {first}");
        }
    }
}

#[test]
fn the_segmentations_of_the_format() {
    for (text, points) in [("06", "0–5"), (":6", "10–15"), ("06400M", "0–5, 10–15, 20–22")] {
        let segmentation = Segmentation::decode(text).unwrap();
        assert_eq!(segmentation.points.to_string(), points);
        assert_eq!(segmentation.encode(), text);
    }
}
