//! An ontology and label rows made up for tests.
use std::sync::Arc;

use agent_platform::labels::{LabelRow, Timestamp};
use agent_platform::ontology::Ontology;

const SHAPES: [(&str, &str); 16] = [
    ("Box", "bounding_box"),
    ("Turned", "rotatable_bounding_box"),
    ("Area", "polygon"),
    ("Line", "polyline"),
    ("Spot", "point"),
    ("Body", "skeleton"),
    ("Mask", "bitmask"),
    ("Block", "cuboid"),
    ("Crate", "cuboid_2d"),
    ("Ring", "circle"),
    ("Oval", "ellipse"),
    ("Points", "segmentation"),
    ("Speech", "audio"),
    ("Stretch", "time_range"),
    ("Quote", "text"),
    ("Blob", "hologram"),
];

const ATTRIBUTES: &str = r#""attributes": [
    {"id": "1.1", "name": "Note", "type": "text", "featureNodeHash": "HASHnote", "required": false},
    {"id": "1.2", "name": "Count", "type": "numeric", "featureNodeHash": "HASHcnt", "required": false},
    {"id": "1.3", "name": "Flags", "type": "checklist", "featureNodeHash": "HASHflag", "required": false, "options": [
        {"id": "1.3.1", "label": "Wet", "value": "wet", "featureNodeHash": "HASHwet"},
        {"id": "1.3.2", "label": "Dirty", "value": "dirty", "featureNodeHash": "HASHdirt"},
        {"id": "1.3.3", "label": "Old", "value": "old", "featureNodeHash": "HASHold"}]},
    {"id": "1.4", "name": "Kind", "type": "radio", "featureNodeHash": "HASHkind", "required": false, "options": [
        {"id": "1.4.1", "label": "Plain", "value": "plain", "featureNodeHash": "HASHpln"},
        {"id": "1.4.2", "label": "Special", "value": "special", "featureNodeHash": "HASHspc", "options": [
            {"id": "1.4.2.1", "name": "Why", "type": "text", "featureNodeHash": "HASHwhy", "required": false}]}]},
    {"id": "1.5", "name": "Moving", "type": "radio", "featureNodeHash": "HASHmov", "required": false, "dynamic": true,
     "options": [{"id": "1.5.1", "label": "Yes", "value": "yes", "featureNodeHash": "HASHyes"},
                 {"id": "1.5.2", "label": "No", "value": "no", "featureNodeHash": "HASHno"}]},
    {"id": "1.6", "name": "Lights", "type": "checklist", "featureNodeHash": "HASHlig", "required": false, "dynamic": true,
     "options": [{"id": "1.6.1", "label": "Left", "value": "left", "featureNodeHash": "HASHlef"},
                 {"id": "1.6.2", "label": "Right", "value": "right", "featureNodeHash": "HASHrig"}]},
    {"id": "1.7", "name": "Aura", "type": "telepathic", "featureNodeHash": "HASHaura", "required": false}]"#;

pub fn ontology_json() -> String {
    let class = |(index, (name, shape)): (usize, &(&str, &str))| {
        let attributes = ATTRIBUTES.replace("HASH", &format!("{index}_"));
        format!(
            r##"{{"id": "{}", "name": "{name}", "color": "#D33115", "shape": "{shape}", "featureNodeHash": "class{index}",
            "future": [1.50], {attributes}}}"##,
            index + 1
        )
    };
    let objects: Vec<String> = SHAPES.iter().enumerate().map(class).collect();
    format!(
        r##"{{"objects": [{}], "classifications": [
        {{"id": "1", "featureNodeHash": "weather", "attributes": [{{"id": "1.1", "name": "Weather", "type": "radio",
          "featureNodeHash": "weatherA", "required": true, "options": [
            {{"id": "1.1.1", "label": "Sunny", "value": "sunny", "featureNodeHash": "sunny"}},
            {{"id": "1.1.2", "label": "Rainy", "value": "rainy", "featureNodeHash": "rainy", "options": [
              {{"id": "1.1.2.1", "name": "Rain", "type": "text", "featureNodeHash": "rain", "required": false}}]}}]}}]}},
        {{"id": "2", "featureNodeHash": "scene", "level": "global", "attributes": [{{"id": "2.1", "name": "Scene",
          "type": "text", "featureNodeHash": "sceneA", "required": true}}]}}],
        "skeleton_templates": [{{"template": {{"name": "Body", "width": 0.5, "height": 0.5, "shape": "skeleton",
          "feature_node_hash": "class5", "skeleton": {{
            "0": {{"x": 0.1, "y": 0.2, "name": "head", "color": "#000000", "value": "head", "featureHash": "vtxHEAD0"}},
            "1": {{"x": 0.3, "y": 0.4, "name": "foot", "color": "#000000", "value": "foot", "featureHash": "vtxFOOT0"}}}},
          "skeletonEdges": {{"0": {{"1": {{"color": "#00000"}}}}}}}}}}]}}"##,
        objects.join(",")
    )
}

pub fn ontology() -> Arc<Ontology> {
    Arc::new(Ontology::parse(ontology_json()).unwrap())
}

/// Returns a row of one data unit with these labels.
pub fn row_json(data_type: &str, mime: &str, labels: &str, rest: &str) -> String {
    format!(
        r#"{{"label_hash": "L", "branch_name": "main", "created_at": "2024-03-01 09:00:00", "last_edited_at": null,
 "data_hash": "D", "dataset_hash": "S", "dataset_title": "T", "data_title": "t", "data_type": "{data_type}",
 "label_status": "LABELLED", "annotation_task_status": "ASSIGNED", "future": {{"kept": 1.50}},
 "data_units": {{"D": {{"data_hash": "D", "data_title": "t", "data_link": "l", "data_type": "{mime}", "data_sequence": 0,
  "width": 4, "height": 3, "labels": {labels}}}}}, {rest}}}"#
    )
}

pub const NO_ANSWERS: &str =
    r#""object_answers": {}, "classification_answers": {}, "object_actions": {}, "spaces": {}"#;

pub fn row(data_type: &str, mime: &str, labels: &str, rest: &str) -> LabelRow {
    let text = row_json(data_type, mime, labels, rest);
    LabelRow::parse(text, ontology()).unwrap().with_time(Timestamp::from_unix(1_700_000_000))
}

pub fn video() -> LabelRow {
    row("video", "video/mp4", "{}", NO_ANSWERS).with_metadata(frames(10))
}

pub fn image() -> LabelRow {
    row("image", "image/png", "{}", NO_ANSWERS)
}

pub fn frames(number: u64) -> agent_platform::labels::RowMetadata {
    agent_platform::labels::RowMetadata::parse(&format!(r#"{{"number_of_frames": {number}}}"#))
}

/// Returns the row as a JSON value.
pub fn value(row: &LabelRow) -> serde_json::Value {
    serde_json::from_str(&row.to_json()).unwrap()
}

/// Parses the text of a row, as if read from the platform.
pub fn reread(row: &LabelRow) -> LabelRow {
    parsed(row.to_json(), row)
}

/// Parses a text as a row, with the ontology of another row.
pub fn parsed(text: String, like: &LabelRow) -> LabelRow {
    let read = LabelRow::parse(text, like.ontology().clone()).unwrap();
    let read = read.with_time(Timestamp::from_unix(1_700_000_000));
    match like.metadata() {
        Some(metadata) => read.with_metadata(metadata.clone()),
        None => read,
    }
}
