//! A video row made up for benchmarks, and reading all of it.
#![allow(dead_code, reason = "each benchmark takes what it needs")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::sync::Arc;

use agent_platform::labels::{BoundingBox, LabelRow};
use agent_platform::ontology::Ontology;

/// How many objects a frame has.
pub(crate) const OBJECTS: usize = 100;

pub(crate) const ONTOLOGY: &str = r##"{"objects": [{"id": "1", "name": "Car", "color": "#D33115", "shape": "bounding_box",
    "featureNodeHash": "a1b2c3d4"}], "classifications": []}"##;

/// What the made-up row is like.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// 100 objects, all on every frame.
    Tracks,
    /// 100 objects on every frame, none of which is on another.
    Distinct,
    /// Frames without labels.
    Empty,
}

const HEAD: &str = r#"{"label_hash": "7f3c", "branch_name": "main", "created_at": "2024-03-01 09:00:00", "last_edited_at": null, "data_hash": "d", "dataset_hash": "s", "dataset_title": "t", "data_title": "v.mp4", "data_type": "video", "label_status": "LABELLED", "data_units": {"d": {"data_hash": "d", "data_title": "v.mp4", "data_link": "l", "data_type": "video/mp4", "data_sequence": 0, "width": 1920, "height": 1080, "labels": {"#;

/// A row with this many objects on frames (object-frames): each a bounding box, about 377 bytes.
pub(crate) fn made_up(object_frames: usize, kind: Kind) -> String {
    let mut text = String::new();
    text.push_str(HEAD);
    let frames = object_frames / OBJECTS;
    for frame in 0..frames {
        let comma = if frame == 0 { "" } else { ", " };
        write!(text, r#"{comma}"{frame}": {{"objects": ["#).unwrap();
        for object in 0..OBJECTS {
            let hash = if matches!(kind, Kind::Distinct) { frame * OBJECTS + object } else { object };
            let (x, y) = ((frame * 7 + object * 13) % 8000, (frame * 3 + object * 17) % 8000);
            let comma = if object == 0 { "" } else { ", " };
            if !matches!(kind, Kind::Empty) {
                write!(
                    text,
                    r##"{comma}{{"name": "Car", "color": "#D33115", "shape": "bounding_box", "value": "car", "createdAt": "Tue, 17 Jan 2023 17:23:10 GMT", "createdBy": "annotator@example.com", "confidence": 1, "objectHash": "ob{hash:06}", "featureHash": "a1b2c3d4", "lastEditedAt": "Wed, 18 Jan 2023 17:23:24 GMT", "manualAnnotation": true, "boundingBox": {{"h": 0.1291, "w": 0.1296, "x": 0.{x:04}, "y": 0.{y:04}}}}}"##
                )
                .unwrap();
            }
        }
        text.push_str(r#"], "classifications": []}"#);
    }
    text.push_str(r#"}}}, "object_answers": {"#);
    let objects = match kind {
        Kind::Tracks => OBJECTS,
        Kind::Distinct => frames * OBJECTS,
        Kind::Empty => 0,
    };
    for object in 0..objects {
        let comma = if object == 0 { "" } else { ", " };
        write!(text, r#"{comma}"ob{object:06}": {{"objectHash": "ob{object:06}", "classifications": []}}"#).unwrap();
    }
    text.push_str(r#"}, "classification_answers": {}, "object_actions": {}, "spaces": {}}"#);
    text
}

pub(crate) fn open(text: impl Into<String>) -> LabelRow {
    LabelRow::parse(text, Arc::new(Ontology::parse(ONTOLOGY).unwrap())).unwrap()
}

/// Reads every member that this crate has a type for; gives the sum of the numbers.
pub(crate) fn typed_pass(row: &LabelRow) -> f64 {
    let mut sum = 0.0;
    for object in row.objects() {
        black_box((object.class(), object.answers(), object.number()));
        for placed in object.placements() {
            let shape: BoundingBox = placed.coordinates().unwrap();
            black_box((placed.created_at(), placed.created_by(), placed.last_edited_at(), placed.is_manual()));
            sum += shape.x + shape.y + shape.width + shape.height + placed.confidence();
        }
    }
    sum
}

/// Moves one object on one frame.
pub(crate) fn move_one(row: &mut LabelRow) {
    row.edit("ob000042").unwrap().at(500).unwrap().change::<BoundingBox>(|shape| shape.x += 0.01).unwrap();
}
