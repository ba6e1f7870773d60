//! Any text: a row that is read is written as it was, and reading or editing what is in it never panics and leaves JSON.
//!
//! `fuzz/run`, or `cargo fuzz run --sanitizer none row` in `agent-platform`.
#![no_main]

use std::sync::{Arc, LazyLock};

use agent_platform::hash::{ClassificationHash, ObjectHash};
use agent_platform::labels::{EditError, LabelRow, ReadError, Timestamp};
use agent_platform::ontology::Ontology;
use libfuzzer_sys::fuzz_target;
use serde::de::IgnoredAny;

/// A class of every shape, whose feature hash and title are the shape's name.
static ONTOLOGY: LazyLock<Arc<Ontology>> = LazyLock::new(|| {
    let class = |shape: &str| {
        format!(
            r##"{{"id": "1", "name": "{shape}", "color": "#000000", "shape": "{shape}", "featureNodeHash": "{shape}", "attributes": [
            {{"id": "1.1", "name": "t", "type": "text", "featureNodeHash": "{shape}t", "required": false}},
            {{"id": "1.2", "name": "d", "type": "text", "featureNodeHash": "{shape}d", "required": false, "dynamic": true}}]}}"##
        )
    };
    let shapes = [
        "bounding_box",
        "rotatable_bounding_box",
        "polygon",
        "polyline",
        "point",
        "skeleton",
        "bitmask",
        "cuboid",
        "cuboid_2d",
        "circle",
        "ellipse",
        "segmentation",
        "audio",
        "time_range",
        "text",
    ];
    let objects = shapes.map(class).join(",");
    let weather = r#"{"id": "1", "featureNodeHash": "c", "attributes": [{"id": "1.1", "name": "c", "type": "text", "featureNodeHash": "ct", "required": true}]}"#;
    let text = format!(r#"{{"objects": [{objects}], "classifications": [{weather}]}}"#);
    Arc::new(Ontology::parse(text).expect("the ontology is well-formed"))
});

/// How many objects and classifications of a row are edited: a row may have thousands.
const EDITED: usize = 16;

fuzz_target!(|text: &str| {
    let Ok(row) = LabelRow::parse(text, ONTOLOGY.clone()) else { return };
    assert_eq!(row.to_json(), text);
    read(&row);
    let mut row = row.with_author("a@example.com").with_time(Timestamp::from_unix(0));
    let _ = row.add("bounding_box").bounding_box(0.0, 0.0, 1.0, 1.0).on(0);
    let _ = row.classify("c", "x").on(0..=3);
    let _ = row.upgrade_classifications();
    let objects: Vec<ObjectHash> = row.objects().take(EDITED).map(|object| object.hash().clone()).collect();
    for hash in &objects {
        let _ = edit_object(&mut row, hash);
        let _ = edit_frames(&mut row, hash);
    }
    let classifications: Vec<ClassificationHash> =
        row.classifications().take(EDITED).map(|one| one.hash().clone()).collect();
    for hash in &classifications {
        let _ = edit_classification(&mut row, hash);
    }
    let edited = row.to_json();
    assert!(serde_json::from_str::<IgnoredAny>(text).is_err() || serde_json::from_str::<IgnoredAny>(&edited).is_ok());
    read(&LabelRow::parse(edited, ONTOLOGY.clone()).expect("an edited row is a row"));
    for hash in &classifications {
        let _ = row.delete_classification(hash);
        assert!(row.classification(hash).is_err(), "what is deleted is gone");
    }
    for hash in &objects {
        let _ = row.delete(hash);
        assert!(row.object(hash).is_err(), "what is deleted is gone");
    }
    LabelRow::parse(row.to_json(), ONTOLOGY.clone()).expect("a row without its labels is a row");
});

fn read(row: &LabelRow) {
    for object in row.objects() {
        let _ = (object.shape(), object.answers(), object.number(), object.json());
        let _ = (object.ranges(), object.html_ranges(None), object.dynamic_answers("d"));
        for placed in object.placements() {
            let _ = (placed.any_coordinates(), placed.created_at(), placed.last_edited_by(), placed.confidence());
            let _ = (placed.is_deleted(), placed.event(), placed.interpolation(), object.at(placed.frame()));
        }
    }
    for classification in row.classifications() {
        let _ = (classification.ranges(), classification.answers(), classification.value(), classification.is_global());
    }
    for frame in row.frames() {
        let _ = (frame.objects().count(), frame.classifications().count());
    }
    for space in row.spaces() {
        let _ = (space.space_type(), space.number_of_frames(), space.objects().count());
    }
    let _ = (row.label_hash(), row.data_type(), row.last_edited_at(), row.is_valid(), row.is_continuous_scene());
}

/// Answers, ranges and a copy.
fn edit_object(row: &mut LabelRow, hash: &ObjectHash) -> Result<(), EditError> {
    let _ = row.edit(hash)?.answer("t", "x").and_then(|edit| edit.answer("d", "y"));
    let _ = row.edit(hash)?.answer_on("d", "z", 1..=2).and_then(|edit| edit.clear_answer_on("d", 2));
    let _ = row.edit(hash)?.clear_answer("t");
    let _ = row.edit(hash)?.set_ranges(3..=5);
    let _ = row.edit(hash)?.number(7);
    if let Ok(copy) = row.edit(hash)?.copy() {
        copy.delete();
    }
    Ok(())
}

/// The first frame that the object is on.
fn edit_frames(row: &mut LabelRow, hash: &ObjectHash) -> Result<(), EditError> {
    let Some(frame) = row.object(hash)?.frames().next() else { return Ok(()) };
    let same = row.object(hash)?.at(frame)?.any_coordinates();
    if let Ok(same) = same {
        let _ = row.edit(hash)?.at(frame)?.set(same);
    }
    let _ = row.edit(hash)?.at(frame)?.simplify(0.01);
    let _ = row.edit(hash)?.at(frame)?.confidence(0.5).and_then(|edit| edit.automatic());
    let next = frame.saturating_add(1);
    let _ = row.edit(hash)?.at(frame)?.copy_to(next..=next.saturating_add(1));
    let _ = row.edit(hash)?.at(frame)?.move_to(next.saturating_add(4));
    let _ = row.edit(hash)?.remove_from(next);
    Ok(())
}

fn edit_classification(row: &mut LabelRow, hash: &ClassificationHash) -> Result<(), ReadError> {
    let _ = row.edit_classification(hash)?.set("y");
    let _ = row.edit_classification(hash)?.add_to(2..=6);
    let _ = row.edit_classification(hash)?.remove_from(3);
    let _ = row.edit_classification(hash)?.move_to(1..=2);
    let _ = row.edit_classification(hash)?.confidence(0.25);
    Ok(())
}
