//! Two writers' edits, case by case.

use agent_platform::labels::{BoundingBox, LabelRow, MergeError, Point, Presence, same_labels};

use test_support::made_up::reread;
use test_support::made_up::{NO_ANSWERS, image, row, video};

const BOX: BoundingBox = BoundingBox { x: 0.1, y: 0.2, width: 0.3, height: 0.4 };

type Edit = fn(&mut LabelRow);

/// Edits of one row by two writers. Without conflicts, the merged row must contain both.
struct Case {
    name: &'static str,
    base: fn() -> LabelRow,
    ours: Edit,
    theirs: Edit,
    conflicts: &'static [&'static str],
}

fn edited(base: &LabelRow, edit: Edit) -> LabelRow {
    let mut row = base.clone();
    edit(&mut row);
    row
}

/// A video with three objects on five frames, and one classification.
fn tracks() -> LabelRow {
    let mut row = video();
    for hash in ["a", "b", "c"] {
        row.add("Box").with_hash(hash).coordinates(BOX).on_each(0..=4).unwrap();
        row.edit(hash).unwrap().answer("Note", "seen").unwrap().answer_on("Moving", "Yes", 0..=2).unwrap();
    }
    row.classify("Weather", "Sunny").with_hash("w").on(0..=2).unwrap();
    reread(&row)
}

fn sound() -> LabelRow {
    let mut row = row("audio", "audio/mpeg", "{}", NO_ANSWERS);
    row.add("Speech").with_hash("s").over(0..=100).unwrap();
    row.add("Speech").with_hash("t").over(200..=300).unwrap();
    reread(&row)
}

fn group() -> LabelRow {
    let spaces = r#""object_answers": {}, "classification_answers": {}, "object_actions": {}, "spaces": {
        "left": {"space_type": "video", "number_of_frames": 9, "labels": {}},
        "right": {"space_type": "video", "number_of_frames": 9, "labels": {}}}"#;
    let mut row = row("group", "group", r#"{"objects": [], "classifications": []}"#, spaces);
    row.add("Box").with_hash("a").coordinates(BOX).in_space("left").on(3).unwrap();
    row.edit("a").unwrap().in_space("right").unwrap().put(3, BOX).unwrap();
    reread(&row)
}

fn scene() -> LabelRow {
    let rest = r#""object_answers": {}, "classification_answers": {}, "object_actions": {}, "spaces": {}, "scene": {"isContinuous": true}"#;
    let mut row = row("scene", "scene", "{}", rest);
    for hash in ["a", "b"] {
        row.add("Spot").with_hash(hash).coordinates(Point::new(0.1, 0.2)).during(1_000, 9_000).unwrap();
    }
    reread(&row)
}

fn still() -> LabelRow {
    let mut row = image();
    row.add("Box").with_hash("a").coordinates(BOX).on(0).unwrap();
    reread(&row)
}

fn move_a(row: &mut LabelRow) {
    row.edit("a").unwrap().at(0).unwrap().change::<BoundingBox>(|shape| shape.x = 0.5).unwrap();
}

fn delete_a(row: &mut LabelRow) {
    // The object may not exist, because both writers may delete it.
    let _ = row.delete("a");
}

fn nothing(_: &mut LabelRow) {}

fn check(case: &Case) {
    let base = (case.base)();
    let (ours, theirs) = (edited(&base, case.ours), reread(&edited(&base, case.theirs)));
    let merged = LabelRow::merge(&base, &ours, &theirs);
    let other_way = LabelRow::merge(&base, &theirs, &ours);
    if !case.conflicts.is_empty() {
        let Err(MergeError::Conflict { entries }) = merged else { panic!("{}: {merged:?}", case.name) };
        let entries: Vec<String> = entries.iter().map(ToString::to_string).collect();
        assert_eq!(entries, case.conflicts, "{}", case.name);
        assert!(matches!(other_way, Err(MergeError::Conflict { .. })), "{}: {other_way:?}", case.name);
        return;
    }
    let expected = edited(&edited(&base, case.theirs), case.ours);
    for merged in [merged, other_way] {
        let merged = merged.unwrap_or_else(|error| panic!("{}: {error}", case.name));
        assert!(same_labels(&merged.to_json(), &expected.to_json()), "{}: {}", case.name, merged.to_json());
        for row in [&merged, &reread(&merged)] {
            assert!(row.difference_from(&expected).is_empty(), "{}: {}", case.name, row.to_json());
            assert_eq!(row.objects().count(), expected.objects().count(), "{}", case.name);
            assert_eq!(ours.difference_from(&base).presence_in(row), Presence::Present, "{}", case.name);
            assert_eq!(theirs.difference_from(&base).presence_in(row), Presence::Present, "{}", case.name);
        }
    }
}

#[test]
fn merges_edits_of_different_entries() {
    let cases = [
        Case { name: "no foreign change", base: tracks, ours: move_a, theirs: nothing, conflicts: &[] },
        Case { name: "no own change", base: tracks, ours: nothing, theirs: delete_a, conflicts: &[] },
        Case {
            name: "two frames of an object",
            base: tracks,
            ours: move_a,
            theirs: |row| row.edit("a").unwrap().remove_from(3).unwrap(),
            conflicts: &[],
        },
        Case {
            name: "a frame and the answers of an object",
            base: tracks,
            ours: move_a,
            theirs: |row| {
                row.edit("a").unwrap().answer("Note", "moved").unwrap();
            },
            conflicts: &[],
        },
        Case {
            name: "answers and dynamic answers",
            base: tracks,
            ours: |row| {
                row.edit("a").unwrap().answer("Count", 3).unwrap();
            },
            theirs: |row| {
                row.edit("a").unwrap().answer_on("Moving", "No", 1).unwrap();
            },
            conflicts: &[],
        },
        Case {
            name: "two deletions",
            base: tracks,
            ours: delete_a,
            theirs: |row| row.delete("b").unwrap(),
            conflicts: &[],
        },
        Case { name: "the same deletion", base: tracks, ours: delete_a, theirs: delete_a, conflicts: &[] },
        Case { name: "the same move", base: tracks, ours: move_a, theirs: move_a, conflicts: &[] },
        Case {
            name: "two new objects, on frames without an entry",
            base: tracks,
            ours: |row| {
                row.add("Box").with_hash("n").coordinates(BOX).on(8).unwrap();
            },
            theirs: |row| {
                row.add("Box").with_hash("m").coordinates(BOX).answer("Note", "x").on(7).unwrap();
            },
            conflicts: &[],
        },
        Case {
            name: "a new object on the frame of a deleted one",
            base: still,
            ours: |row| {
                row.add("Area").with_hash("n").polygon([(0.1, 0.1), (0.2, 0.1), (0.2, 0.2)]).on(0).unwrap();
            },
            theirs: delete_a,
            conflicts: &[],
        },
        Case {
            name: "two classifications on different frames",
            base: tracks,
            ours: |row| {
                row.classify("Weather", "Rainy").with_hash("n").on(3..=4).unwrap();
            },
            theirs: |row| {
                row.classify("Weather", "Rainy").with_hash("m").on(7..=9).unwrap();
            },
            conflicts: &[],
        },
        Case {
            name: "an object and a classification",
            base: tracks,
            ours: |row| row.delete_classification("w").unwrap(),
            theirs: move_a,
            conflicts: &[],
        },
        Case {
            name: "two ranges of a sound",
            base: sound,
            ours: |row| {
                row.edit("s").unwrap().set_ranges(0..=50).unwrap();
            },
            theirs: |row| row.delete("t").unwrap(),
            conflicts: &[],
        },
        Case {
            name: "two spaces of an object",
            base: group,
            ours: |row| {
                let edit = row.edit("a").unwrap().in_space("left").unwrap().at(3).unwrap();
                edit.change::<BoundingBox>(|shape| shape.x = 0.5).unwrap();
            },
            theirs: |row| {
                row.edit("a").unwrap().in_space("right").unwrap().put(5, BOX).unwrap();
            },
            conflicts: &[],
        },
        Case {
            name: "events of two objects",
            base: scene,
            ours: |row| {
                row.edit("a").unwrap().put(4_000, Point::new(0.5, 0.5)).unwrap();
            },
            theirs: |row| {
                row.edit("b").unwrap().end_at(6_000).unwrap();
            },
            conflicts: &[],
        },
    ];
    for case in cases {
        check(&case);
    }
}

#[test]
fn rejects_edits_of_the_same_entry() {
    let cases = [
        Case {
            name: "one frame of an object",
            base: tracks,
            ours: move_a,
            theirs: |row| row.edit("a").unwrap().remove_from(0).unwrap(),
            conflicts: &["object a on frame 0"],
        },
        Case {
            name: "one space of an object",
            base: group,
            ours: |row| {
                let edit = row.edit("a").unwrap().in_space("left").unwrap().at(3).unwrap();
                edit.change::<BoundingBox>(|shape| shape.x = 0.5).unwrap();
            },
            theirs: |row| row.edit("a").unwrap().remove_from_space("left").unwrap(),
            conflicts: &["object a on frame 3 of space left"],
        },
        Case {
            name: "the answers of an object",
            base: tracks,
            ours: |row| {
                row.edit("a").unwrap().answer("Note", "ours").unwrap();
            },
            theirs: |row| {
                row.edit("a").unwrap().answer("Count", 3).unwrap();
            },
            conflicts: &["the answers of object a"],
        },
        Case {
            name: "the dynamic answers of an object",
            base: tracks,
            ours: |row| {
                row.edit("a").unwrap().answer_on("Moving", "No", 0).unwrap();
            },
            theirs: |row| {
                row.edit("a").unwrap().answer_on("Moving", "No", 2).unwrap();
            },
            conflicts: &["the dynamic answers of object a"],
        },
        Case {
            name: "a deleted object that the other moved",
            base: tracks,
            ours: delete_a,
            theirs: move_a,
            conflicts: &["object a on frame 0"],
        },
        Case {
            name: "a moved object that the other deleted",
            base: tracks,
            ours: move_a,
            theirs: delete_a,
            conflicts: &["object a on frame 0"],
        },
        Case {
            name: "a deleted object that the other answered",
            base: tracks,
            ours: |row| {
                row.edit("a").unwrap().answer("Note", "ours").unwrap();
            },
            theirs: delete_a,
            conflicts: &["the answers of object a"],
        },
        Case {
            name: "new objects with one hash",
            base: tracks,
            ours: |row| {
                row.add("Box").with_hash("n").coordinates(BOX).on(0).unwrap();
            },
            theirs: |row| {
                row.add("Box").with_hash("n").coordinates(BOX).on(1).unwrap();
            },
            conflicts: &["object n on frame 0", "object n on frame 1"],
        },
        Case {
            name: "all frames of an object, together, with an answer",
            base: tracks,
            ours: |row| row.edit("a").unwrap().answer("Note", "last").unwrap().remove_from(0..=2).unwrap(),
            theirs: |row| row.edit("a").unwrap().remove_from(3..=4).unwrap(),
            conflicts: &["the answers of object a"],
        },
        Case {
            name: "one classification",
            base: tracks,
            ours: |row| {
                row.edit_classification("w").unwrap().set("Rainy").unwrap();
            },
            theirs: |row| row.edit_classification("w").unwrap().remove_from(0).unwrap(),
            conflicts: &["classification w"],
        },
        Case {
            name: "two classifications of a class on one frame",
            base: tracks,
            ours: |row| {
                row.classify("Weather", "Rainy").with_hash("n").on(3..=4).unwrap();
            },
            theirs: |row| {
                row.classify("Weather", "Rainy").with_hash("m").on(4..=9).unwrap();
            },
            conflicts: &["classification m", "classification n"],
        },
        Case {
            name: "a global class, twice",
            base: tracks,
            ours: |row| {
                row.classify("Scene", "day").with_hash("n").on_all().unwrap();
            },
            theirs: |row| {
                row.classify("Scene", "night").with_hash("m").on_all().unwrap();
            },
            conflicts: &["classification m", "classification n"],
        },
        Case {
            name: "one range of a sound",
            base: sound,
            ours: |row| {
                row.edit("s").unwrap().set_ranges(0..=50).unwrap();
            },
            theirs: |row| {
                row.edit("s").unwrap().answer("Note", "x").unwrap();
            },
            conflicts: &["the answers of object s"],
        },
        Case {
            name: "different events of one object",
            base: scene,
            ours: |row| {
                row.edit("a").unwrap().put(4_000, Point::new(0.5, 0.5)).unwrap();
            },
            theirs: |row| {
                row.edit("a").unwrap().end_at(6_000).unwrap();
            },
            conflicts: &["the events of object a"],
        },
    ];
    for case in cases {
        check(&case);
    }
}

#[test]
fn deletes_object_that_both_removed_from_its_frames() {
    let base = tracks();
    let ours = edited(&base, |row| row.edit("a").unwrap().remove_from(0..=2).unwrap());
    let theirs = edited(&base, |row| row.edit("a").unwrap().remove_from(3..=4).unwrap());
    let merged = LabelRow::merge(&base, &ours, &reread(&theirs)).unwrap();
    assert!(merged.object("a").is_err());
    assert!(!merged.to_json().contains(r#""objectHash":"a""#), "{}", merged.to_json());
}

#[test]
fn presence_distinguishes_overwritten_and_altered_edits() {
    let base = tracks();
    let ours = edited(&base, |row| {
        move_a(row);
        row.edit("b").unwrap().answer("Note", "ours").unwrap();
        row.add("Box").with_hash("n").coordinates(BOX).on(8).unwrap();
    });
    let difference = ours.difference_from(&base);
    assert_eq!(difference.len(), 3);
    let presence = |row: &LabelRow| difference.presence_in(&reread(row));
    assert_eq!(presence(&ours), Presence::Present);
    assert_eq!(presence(&base), Presence::Missing);
    let cases: [(&str, &LabelRow, Edit, Presence); 5] = [
        ("others edit further", &ours, |row| row.delete("c").unwrap(), Presence::Present),
        ("others overwrite", &base, |row| row.delete("c").unwrap(), Presence::Missing),
        ("others move it back", &ours, |row| move_to(row, 0.1), Presence::Altered),
        ("others move it elsewhere", &ours, |row| move_to(row, 0.7), Presence::Altered),
        ("others delete what we added", &ours, |row| row.delete("n").unwrap(), Presence::Altered),
    ];
    for (name, start, edit, expected) in cases {
        assert_eq!(presence(&edited(start, edit)), expected, "{name}");
    }
    assert_eq!(base.difference_from(&base).presence_in(&ours), Presence::Present, "an empty difference");
}

fn move_to(row: &mut LabelRow, x: f64) {
    row.edit("a").unwrap().at(0).unwrap().change::<BoundingBox>(|shape| shape.x = x).unwrap();
}

#[test]
fn rejects_rows_of_other_data() {
    let base = tracks();
    let other =
        LabelRow::parse(base.to_json().replace(r#""data_hash": "D""#, r#""data_hash": "E""#), base.ontology().clone());
    let rejected = LabelRow::merge(&base, &base, &other.unwrap());
    assert_eq!(rejected.unwrap_err(), MergeError::OtherData { data_hash: "D".to_owned() });
}

#[test]
fn conflict_names_first_entries() {
    let base = tracks();
    let ours = edited(&base, |row| row.edit("a").unwrap().remove_from(0..=3).unwrap());
    let theirs = edited(&base, delete_a);
    let rejected = LabelRow::merge(&base, &ours, &reread(&theirs)).unwrap_err();
    let named = "both rows changed object a on frame 0, object a on frame 1, object a on frame 2, 1 more";
    assert_eq!(rejected.to_string(), named);
}
