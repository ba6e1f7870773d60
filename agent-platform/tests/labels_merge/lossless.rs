//! Text that a merge preserves.

use agent_platform::labels::{BoundingBox, LabelRow};

use test_support::made_up::{parsed, reread};
use test_support::made_up::{row, video};

const LABELS: &str = r#"{ "0" : {"objects": [ {"objectHash":"o","featureHash":"class0","shape":"bounding_box","x-new":[1.0, 2e0],
  "boundingBox":{"h":0.50,"w":1,"x":0.0,"y":0.2,"tilt":7},"reviews":[{}]},
  {"objectHash":"p","featureHash":"class0","shape":"bounding_box","boundingBox":{"h":0.50,"w":1,"x":0.0,"y":0.2}}],
  "classifications": [{"classificationHash": "k", "featureHash": "weather"}], "metadata": {"z": 1.50}}}"#;
const ANSWERS: &str = r#""object_answers": { "o": {"objectHash":"o","classifications":[]},
  "p" : {"objectHash":"p", "classifications": [ ], "objectNumber":2}}, "object_actions": {},
  "classification_answers": {"k" : {"classificationHash": "k", "classifications": []}}, "spaces": {}"#;

fn base() -> LabelRow {
    row("video", "video/mp4", LABELS, ANSWERS)
}

fn move_o(row: &mut LabelRow) {
    row.edit("o").unwrap().at(0).unwrap().change::<BoundingBox>(|shape| shape.y = 0.25).unwrap();
}

#[test]
fn keeps_foreign_text_and_own_text() {
    let base = base();
    let mut ours = base.clone();
    move_o(&mut ours);
    let foreign = base.to_json().replace(r#""kept": 1.50"#, r#""kept": 2.50, "more" : [1e0]"#);
    let foreign = foreign
        .replace(r#""metadata": {"z": 1.50}"#, r#""metadata":{"z":1.5, "y": 0}"#)
        .replace(r#""x":0.0,"y":0.2}}"#, r#""x":0.10,"y":0.2}}"#);
    let theirs = parsed(foreign.clone(), &base);
    let merged = LabelRow::merge(&base, &ours, &theirs).unwrap();
    let own = |row: &LabelRow| row.object("o").unwrap().at(0).unwrap().json().to_owned();
    assert_ne!(own(&ours), own(&base));
    assert_eq!(merged.to_json(), foreign.replace(&own(&base), &own(&ours)));
}

#[test]
fn keeps_own_text_without_foreign_changes() {
    let base = base();
    let mut ours = base.clone();
    move_o(&mut ours);
    ours.edit("p").unwrap().answer("Note", "x").unwrap();
    ours.delete_classification("k").unwrap();
    let spaced = LabelRow::merge(&base, &ours, &parsed(format!("{}\n", base.to_json()), &base)).unwrap();
    assert_eq!(spaced.to_json(), format!("{}\n", ours.to_json()));
    let same = LabelRow::merge(&base, &ours, &reread(&base)).unwrap();
    assert_eq!(same.to_json(), ours.to_json());
}

#[test]
fn ignores_members_assigned_by_the_platform() {
    let base = base();
    let mut ours = base.clone();
    move_o(&mut ours);
    ours.edit("o").unwrap().answer("Note", "x").unwrap();
    let filled = r#"{"objectHash":"o","classifications":[],"objectNumber":9}"#;
    let foreign = base.to_json().replace(r#"{"objectHash":"o","classifications":[]}"#, filled);
    let foreign = foreign.replace(r#""reviews":[{}]"#, r#""reviews":[{}],"lastEditedBy":"them","createdAt":"then""#);
    let merged = LabelRow::merge(&base, &ours, &parsed(foreign, &base)).unwrap();
    let object = merged.object("o").unwrap();
    assert_eq!(object.number(), Some(9), "the number that was assigned concurrently");
    assert!(object.answer("Note").is_some());
    assert_eq!(object.at(0).unwrap().json(), ours.object("o").unwrap().at(0).unwrap().json());
}

#[test]
fn drops_own_number_that_is_taken() {
    let base = base();
    let add = |hash: &str, number| {
        let mut row = base.clone();
        row.add("Box").with_hash(hash).number(number).bounding_box(0.1, 0.1, 0.2, 0.2).on(1).unwrap();
        row
    };
    let merged = LabelRow::merge(&base, &add("n", 5), &reread(&add("m", 5))).unwrap();
    let number = |row: &LabelRow, hash: &str| row.object(hash).unwrap().number();
    assert_eq!((number(&merged, "m"), number(&merged, "n")), (Some(5), None));
    let merged = LabelRow::merge(&base, &add("n", 6), &reread(&add("m", 5))).unwrap();
    assert_eq!((number(&merged, "m"), number(&merged, "n")), (Some(5), Some(6)));
}

#[test]
fn merged_row_can_be_edited() {
    let mut base = video();
    base.add("Box").with_hash("a").bounding_box(0.1, 0.1, 0.2, 0.2).on(3).unwrap();
    let base = reread(&base);
    let (mut ours, mut theirs) = (base.clone().with_author("us@example.com"), base.clone());
    ours.add("Box").with_hash("n").bounding_box(0.1, 0.1, 0.2, 0.2).answer("Moving", "Yes").on(4).unwrap();
    ours.classify("Weather", "Sunny").with_hash("w").on(0..=3).unwrap();
    theirs.edit("a").unwrap().remove_from(3).unwrap();
    let mut merged = LabelRow::merge(&base, &ours, &reread(&theirs)).unwrap();
    assert!(merged.classify("Weather", "Rainy").on(3).is_err(), "the frame is taken");
    merged.edit("n").unwrap().at(4).unwrap().copy_to(5..=6).unwrap();
    merged.edit_classification("w").unwrap().remove_from(0..=1).unwrap();
    let again = reread(&merged);
    assert_eq!(again.object("n").unwrap().frames().collect::<Vec<_>>(), [4, 5, 6]);
    assert_eq!(again.object("n").unwrap().at(6).unwrap().last_edited_by().as_deref(), Some("us@example.com"));
    merged.delete("n").unwrap();
    assert_eq!(reread(&merged).objects().count(), 0);
}
