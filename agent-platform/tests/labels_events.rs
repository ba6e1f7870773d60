//! Edits of continuous scenes: keyframes, interpolation, and delete events.

use agent_platform::labels::{EditError, LabelRow, Point, ReadError, SceneEvent};
use serde_json::{Value, json};
use test_support::made_up::{NO_ANSWERS, row, value};

fn at(x: f64) -> Point {
    Point::in_space(x, 0.0, 0.0)
}

/// Returns a scene with one object `o`. An event is a frame with `+` for an upsert, `~` for a linear upsert, or `-` for
/// a delete.
fn scene(events: &[(u64, char)]) -> LabelRow {
    let entry = |(frame, kind): &(u64, char)| {
        let (event, mode) = match kind {
            '-' => ("delete", ""),
            '~' => ("upsert", r#""interpolate": "linear","#),
            _ => ("upsert", ""),
        };
        format!(
            r#""{frame}": {{"objects": [{{"objectHash": "o", "featureHash": "class4", "shape": "point", "name": "Spot",
            "point": {{"0": {{"x": 1, "y": 2, "z": 3}}}}, "event": "{event}", {mode} "isDeleted": false, "newKey": [1.50],
            "createdAt": "x", "createdBy": "ann@example.com", "confidence": 0.5}}], "classifications": []}}"#
        )
    };
    let labels = events.iter().map(entry).collect::<Vec<_>>().join(",");
    let rest = format!(r#"{NO_ANSWERS}, "scene": {{"isContinuous": true}}"#);
    row("scene", "scene", &format!("{{{labels}}}"), &rest)
}

/// Returns the events of `o`, in the notation of [`scene`].
fn events(row: &LabelRow) -> Vec<(u64, char)> {
    let kind = |event: SceneEvent, mode: Option<String>| match (event, mode.as_deref()) {
        (SceneEvent::Delete, None) => '-',
        (SceneEvent::Upsert, Some("linear")) => '~',
        (SceneEvent::Upsert, None) => '+',
        other => panic!("{other:?}"),
    };
    let placements = row.object("o").unwrap().placements();
    placements.map(|placed| (placed.frame(), kind(placed.event(), placed.interpolation()))).collect()
}

fn entry(row: &LabelRow, frame: u64) -> Value {
    value(row)["data_units"]["D"]["labels"][frame.to_string()]["objects"][0].clone()
}

#[test]
fn objects_of_a_scene_require_an_end() {
    let mut row = scene(&[]);
    assert!(matches!(row.add("Spot").coordinates(at(1.0)).on(5), Err(EditError::NoEnd { .. })));
    row.add("Spot").with_hash("o").coordinates(at(1.0)).during(1_000, 9_000).unwrap();
    row.edit("o").unwrap().put(4_000, at(0.0)).unwrap();
    assert!(matches!(row.edit("o").unwrap().put(9_000, at(0.0)), Err(EditError::NoEnd { .. })));
    assert!(matches!(row.edit("o").unwrap().at(9_000).unwrap().set(at(0.0)), Err(EditError::NoEnd { .. })));
    assert!(matches!(row.edit("o").unwrap().remove_from(9_000), Err(EditError::NoEnd { .. })));
    assert_eq!(events(&row), [(1_000, '+'), (4_000, '+'), (9_000, '-')]);
    row.edit("o").unwrap().end_at(6_000).unwrap();
    assert_eq!(events(&row).last().unwrap().0, 6_000, "the later delete is removed");
    row.edit("o").unwrap().remove_from(0..=5_000).unwrap();
    assert!(row.object("o").is_err());
}

#[test]
fn new_keyframe_inherits_interpolation_mode() {
    let mut row = scene(&[(10, '~'), (50, '+'), (90, '-')]);
    row.edit("o").unwrap().put(30, at(5.0)).unwrap().put(70, at(6.0)).unwrap().put(5, at(7.0)).unwrap();
    assert_eq!(events(&row), [(5, '+'), (10, '~'), (30, '~'), (50, '+'), (70, '+'), (90, '-')]);
}

#[test]
fn replaced_keyframe_keeps_its_mode() {
    let mut row = scene(&[(10, '~'), (50, '+'), (90, '-')]);
    row.edit("o").unwrap().put(10, at(5.0)).unwrap().at(50).unwrap().set(at(6.0)).unwrap();
    assert_eq!(events(&row), [(10, '~'), (50, '+'), (90, '-')]);
}

#[test]
fn keyframe_in_place_of_a_delete_holds() {
    let mut row = scene(&[(10, '~'), (50, '-'), (70, '~'), (80, '+'), (90, '-')]);
    row.edit("o").unwrap().put(50, at(5.0)).unwrap();
    assert_eq!(events(&row), [(10, '~'), (50, '+'), (70, '~'), (80, '+'), (90, '-')]);
    assert_eq!(entry(&row, 50)["point"]["0"], json!({"x": 5, "y": 0, "z": 0}));
}

#[test]
fn end_clears_interpolation_without_a_target() {
    let mut row = scene(&[(10, '~'), (50, '~'), (90, '-')]);
    row.edit("o").unwrap().end_at(30).unwrap();
    assert_eq!(events(&row), [(10, '+'), (30, '-'), (50, '+'), (90, '-')]);
}

#[test]
fn removal_clears_interpolation_without_a_target() {
    let mut row = scene(&[(10, '~'), (50, '+'), (70, '~'), (80, '+'), (90, '-')]);
    row.edit("o").unwrap().remove_from(80).unwrap();
    assert_eq!(events(&row), [(10, '~'), (50, '+'), (70, '+'), (90, '-')]);
    row.edit("o").unwrap().at(50).unwrap().remove().unwrap();
    assert_eq!(events(&row), [(10, '~'), (70, '+'), (90, '-')]);
}

#[test]
fn new_delete_copies_only_the_author() {
    let mut row = scene(&[(10, '~'), (50, '+'), (90, '-')]);
    row.edit("o").unwrap().end_at(30).unwrap();
    let delete = entry(&row, 30);
    assert_eq!(delete["event"], "delete");
    assert_eq!(delete["point"], json!({"0": {"x": 0, "y": 0}}));
    assert_eq!((&delete["createdBy"], &delete["confidence"]), (&json!("ann@example.com"), &json!(0.5)));
    for key in ["isDeleted", "newKey", "interpolate"] {
        assert_eq!(delete.get(key), None, "{key}");
    }
    row.edit("o").unwrap().put(20, at(1.0)).unwrap().end_at(20).unwrap();
    assert_eq!(events(&row), [(10, '+'), (20, '-'), (50, '+'), (90, '-')]);
}

#[test]
fn keyframe_that_becomes_a_delete_keeps_unknown_keys() {
    let mut row = scene(&[(10, '~'), (50, '~'), (70, '+'), (90, '-')]);
    row.edit("o").unwrap().end_at(50).unwrap();
    assert_eq!(events(&row), [(10, '+'), (50, '-'), (70, '+'), (90, '-')]);
    assert_eq!(entry(&row, 50)["newKey"], json!([1.50]));
}

#[test]
fn end_at_the_first_keyframe_removes_it() {
    let mut row = scene(&[(10, '+'), (50, '+'), (90, '-')]);
    row.edit("o").unwrap().end_at(10).unwrap();
    assert_eq!(events(&row), [(50, '+'), (90, '-')]);
    let absent = row.edit("o").unwrap().end_at(40).unwrap_err();
    assert_eq!(absent, ReadError::NotOnFrame { hash: "o".into(), frame: 40 }.into());
}

#[test]
fn rejects_answers_of_deleted_object() {
    let mut row = scene(&[(10, '+'), (90, '-')]);
    let ended = row.edit("o").unwrap().end_at(10).unwrap();
    assert!(matches!(ended.answer("Note", "late"), Err(EditError::Read(ReadError::NoObject { .. }))));
    assert!(row.object("o").is_err());
    assert_eq!(value(&row)["object_answers"], json!({}));
}
