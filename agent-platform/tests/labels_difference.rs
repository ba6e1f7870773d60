//! The difference of two label rows: its text for people, and its JSON.

use agent_platform::labels::{BoundingBox, ChangeKind, LabelDifference, LabelRow, MergeError, Point, Polygon};
use test_support::made_up::{NO_ANSWERS, reread, row, video};

const BOX: BoundingBox = BoundingBox { x: 0.1, y: 0.2, width: 0.3, height: 0.4 };

/// A video with two boxes on five frames, an outline and a classification.
fn tracks() -> LabelRow {
    let mut row = video();
    for hash in ["a", "b"] {
        row.add("Box").with_hash(hash).coordinates(BOX).on_each(0..=4).unwrap();
    }
    row.edit("a").unwrap().answer("Note", "seen").unwrap().answer_on("Moving", "Yes", 0..=2).unwrap();
    row.add("Area").with_hash("c").polygon([(0.1, 0.1), (0.5, 0.1), (0.3, 0.11), (0.3, 0.4)]).on(1).unwrap();
    row.classify("Weather", "Sunny").with_hash("w").on(0..=2).unwrap();
    reread(&row)
}

/// Returns the difference that an edit of the tracks makes.
fn difference(edit: impl FnOnce(&mut LabelRow)) -> LabelDifference {
    let base = tracks();
    let mut row = base.clone();
    edit(&mut row);
    row.difference_from(&base)
}

fn lines(edit: impl FnOnce(&mut LabelRow)) -> String {
    difference(edit).to_string()
}

#[test]
fn no_change_reads_as_such() {
    assert_eq!(lines(|_| {}), "no label changed");
}

#[test]
fn new_objects_are_named_by_class_not_by_hash() {
    let text = lines(|row| {
        row.add("Spot").point(0.25, 1.0 / 3.0).on(3).unwrap();
    });
    assert_eq!(text, "added Spot on frame 3: point 0.25, 0.3333");
}

#[test]
fn frames_with_the_same_change_are_one_line() {
    let text = lines(|row| {
        row.add("Box").coordinates(BOX).on_each(1..=3).unwrap();
        row.edit("b").unwrap().remove_from([0..=1, 4..=4]).unwrap();
    });
    let expected = "\
removed Box b from frames 0 to 1
removed Box b from frame 4
added Box on frames 1 to 3: box 0.1, 0.2, 0.3 × 0.4";
    assert_eq!(text, expected);
}

#[test]
fn removed_objects_are_one_line() {
    let text = lines(|row| row.delete("a").unwrap());
    assert_eq!(text, "removed Box a from frames 0 to 4");
}

#[test]
fn changed_shapes_are_shown_before_and_after() {
    let text = lines(|row| {
        row.edit("c").unwrap().at(1).unwrap().change::<Polygon>(|area| area.polygons[0][0].truncate(3)).unwrap();
        row.edit("a").unwrap().at(2).unwrap().change::<BoundingBox>(|shape| shape.x += 0.05).unwrap();
        row.edit("b").unwrap().at(0).unwrap().copy_to(7).unwrap();
    });
    let expected = "\
changed Box a on frame 2: box 0.1, 0.2, 0.3 × 0.4 → box 0.15, 0.2, 0.3 × 0.4
placed Box b on frame 7: box 0.1, 0.2, 0.3 × 0.4
changed Area c on frame 1: polygon of 4 points in 0.1, 0.1, 0.4 × 0.3 → polygon of 3 points in 0.1, 0.1, 0.4 × 0.01";
    assert_eq!(text, expected);
}

#[test]
fn changes_below_rounding_are_not_hidden() {
    let text = lines(|row| {
        row.edit("a").unwrap().at(2).unwrap().change::<BoundingBox>(|shape| shape.x += 0.000_01).unwrap();
        row.edit("b").unwrap().at(0).unwrap().confidence(0.5).unwrap();
    });
    let expected = "\
changed Box a on frame 2: box 0.1, 0.2, 0.3 × 0.4 (less than it shows)
changed Box b on frame 0: confidence 1.0 → 0.5";
    assert_eq!(text, expected);
}

#[test]
fn answers_are_shown_before_and_after() {
    let text = lines(|row| {
        let edit = row.edit("a").unwrap();
        edit.answer("Note", "gone").unwrap().answer_on("Moving", "Yes", 0..=4).unwrap();
        row.edit("b").unwrap().answer("Kind", "Special").unwrap().answer("Flags", ["Wet", "Old"]).unwrap();
        row.classify("Weather", "Rainy").on(3).unwrap();
    });
    let expected = "\
changed Box a: Note \"seen\" → \"gone\"
changed Box a: Moving Yes on frames 0 to 2 → Yes on frames 0 to 4
changed Box b: Kind nothing → Special; Flags nothing → Wet, Old
added Weather on frame 3: Rainy";
    assert_eq!(text, expected);
}

#[test]
fn classifications_are_shown_before_and_after() {
    let text = lines(|row| row.delete_classification("w").unwrap());
    assert_eq!(text, "removed Weather w from frames 0 to 2: Sunny");
}

#[test]
fn changes_say_what_happened_to_the_whole_object() {
    let difference = difference(|row| {
        row.add("Spot").with_hash("new").coordinates(Point::new(0.5, 0.5)).on(0).unwrap();
        row.edit("b").unwrap().remove_from(0).unwrap();
        row.delete("c").unwrap();
    });
    let all: Vec<_> = difference
        .entries()
        .filter_map(|change| Some((change.key().object_hash()?.to_string(), change.kind(), change.instance_kind())))
        .collect();
    assert!(all.contains(&("new".into(), ChangeKind::Added, ChangeKind::Added)), "{all:?}");
    assert!(all.contains(&("b".into(), ChangeKind::Removed, ChangeKind::Changed)), "{all:?}");
    assert!(all.contains(&("c".into(), ChangeKind::Removed, ChangeKind::Removed)), "{all:?}");
}

#[test]
fn difference_survives_json() {
    let difference = difference(|row| {
        row.add("Spot").point(0.25, 0.5).on(3).unwrap();
        row.edit("a").unwrap().answer("Note", "gone").unwrap().answer_on("Moving", "No", 3).unwrap();
        row.edit("a").unwrap().remove_from(4).unwrap();
        row.delete_classification("w").unwrap();
    });
    let json = serde_json::to_string(&difference).unwrap();
    let read: LabelDifference = serde_json::from_str(&json).unwrap();
    assert_eq!(read, difference);
    assert_eq!(serde_json::to_string(&read).unwrap(), json);
    let first: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(first["changes"][0]["class"], "Box", "{json}");
}

#[test]
fn json_of_unknown_entries_is_refused() {
    let text =
        r#"{"changes": [{"entry": "moonPhase", "instance": "added", "kind": "added", "before": [], "after": []}]}"#;
    let refused = serde_json::from_str::<LabelDifference>(text).unwrap_err().to_string();
    assert!(refused.contains("moonPhase"), "{refused}");
    let text =
        r#"{"changes": [{"entry": "objectAnswers", "instance": "added", "kind": "added", "before": [], "after": []}]}"#;
    let refused = serde_json::from_str::<LabelDifference>(text).unwrap_err().to_string();
    assert!(refused.contains("objectHash"), "{refused}");
}

#[test]
fn classes_missing_from_the_ontology_keep_their_name() {
    let base = row(
        "image",
        "image/png",
        r#"{"objects": [{"objectHash": "x", "featureHash": "gone", "name": "Old class", "shape": "point",
        "point": {"0": {"x": 0.5, "y": 0.5}}}], "classifications": []}"#,
        NO_ANSWERS,
    );
    let mut edited = base.clone();
    edited.delete("x").unwrap();
    assert_eq!(edited.difference_from(&base).to_string(), "removed Old class x from frame 0");
}

#[test]
fn applied_difference_keeps_other_bytes() {
    let base = tracks();
    let mut ours = base.clone();
    ours.edit("a").unwrap().at(2).unwrap().change::<BoundingBox>(|shape| shape.x = 0.5).unwrap();
    ours.add("Spot").with_hash("new").point(0.5, 0.5).on(3).unwrap();
    ours.delete("c").unwrap();
    let mut applied = base.clone();
    applied.apply_difference(&ours.difference_from(&base)).unwrap();
    assert_eq!(applied.to_json(), ours.to_json());
    assert_eq!(applied.object("new").unwrap().class().unwrap().name(), "Spot");
}

#[test]
fn difference_of_changed_labels_is_not_applied() {
    let base = tracks();
    let difference = difference(|row| row.delete("a").unwrap());
    let mut theirs = base.clone();
    theirs.edit("a").unwrap().at(2).unwrap().change::<BoundingBox>(|shape| shape.x = 0.5).unwrap();
    let before = theirs.to_json();
    let refused = theirs.apply_difference(&difference);
    assert!(matches!(&refused, Err(MergeError::Conflict { entries }) if entries.len() == 1), "{refused:?}");
    assert_eq!(theirs.to_json(), before);
}
