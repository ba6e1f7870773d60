//! Random edits by two writers.

use agent_platform::labels::{BoundingBox, EditError, FrameIndex, LabelRow, MergeError, Point, Presence};
use proptest::collection::vec;
use proptest::prelude::*;

use super::oracle::{Entries, entries, merge};
use test_support::made_up::{frames, row};
use test_support::made_up::{parsed, reread};

const OBJECTS: [&str; 4] = ["a", "b", "c", "d"];
const CLASSES: [&str; 3] = ["v", "w", "old"];
const FRAMES: u64 = 5;

#[derive(Debug, Clone, Copy)]
enum Layout {
    Video,
    Group,
    Scene,
}

#[derive(Debug, Clone)]
enum Edit {
    Move(usize, u64, f64),
    Put(usize, u64),
    Remove(usize, u64),
    Author(usize, u64),
    Answer(usize, i64),
    AnswerOn(usize, u64, bool),
    Number(usize, u64),
    Delete(usize),
    Add(usize, u64),
    Classify(usize, u64),
    Reanswer(usize, bool),
    Unclassify(usize, u64),
}

fn edit() -> impl Strategy<Value = Edit> {
    let object = 0..OBJECTS.len();
    let class = 0..CLASSES.len();
    prop_oneof![
        3 => (object.clone(), 0..FRAMES, 1_u32..4).prop_map(|(object, frame, x)| Edit::Move(object, frame, f64::from(x) / 10.0)),
        2 => (object.clone(), 0..FRAMES).prop_map(|(object, frame)| Edit::Put(object, frame)),
        3 => (object.clone(), 0..FRAMES).prop_map(|(object, frame)| Edit::Remove(object, frame)),
        1 => (object.clone(), 0..FRAMES).prop_map(|(object, frame)| Edit::Author(object, frame)),
        1 => (object.clone(), 0_i64..3).prop_map(|(object, count)| Edit::Answer(object, count)),
        1 => (object.clone(), 0..FRAMES, any::<bool>()).prop_map(|(object, frame, yes)| Edit::AnswerOn(object, frame, yes)),
        1 => (object.clone(), 0_u64..9).prop_map(|(object, number)| Edit::Number(object, number)),
        1 => object.prop_map(Edit::Delete),
        2 => (0..3_usize, 0..FRAMES).prop_map(|(index, frame)| Edit::Add(index, frame)),
        1 => (0..3_usize, 0..FRAMES).prop_map(|(index, frame)| Edit::Classify(index, frame)),
        1 => (class.clone(), any::<bool>()).prop_map(|(class, rainy)| Edit::Reanswer(class, rainy)),
        1 => (class, 0..FRAMES).prop_map(|(class, frame)| Edit::Unclassify(class, frame)),
    ]
}

/// Returns a new hash. The first one is the same for both writers.
fn new_hash(kind: &str, writer: &str, index: usize) -> String {
    if index == 0 { format!("{kind}-shared") } else { format!("{kind}-{writer}-{index}") }
}

fn apply(layout: Layout, row: &mut LabelRow, writer: &str, edit: &Edit) -> Result<(), EditError> {
    let space = matches!(layout, Layout::Group).then_some("left");
    let at = |frame: u64| FrameIndex(if matches!(layout, Layout::Scene) { frame * 1_000 } else { frame });
    let on = |row: &mut LabelRow, object: usize| -> Result<(), EditError> {
        row.object(OBJECTS[object]).map(|_| ()).map_err(Into::into)
    };
    match *edit {
        Edit::Number(object, number) => row.edit(OBJECTS[object])?.number(number).map(|_| ()),
        Edit::Answer(object, count) => row.edit(OBJECTS[object])?.answer("Count", count).map(|_| ()),
        Edit::AnswerOn(object, frame, yes) => {
            row.edit(OBJECTS[object])?.answer_on("Moving", if yes { "Yes" } else { "No" }, frame).map(|_| ())
        }
        Edit::Delete(object) => Ok(row.delete(OBJECTS[object])?),
        Edit::Reanswer(class, rainy) => {
            row.edit_classification(CLASSES[class])?.set(if rainy { "Rainy" } else { "Sunny" }).map(|_| ())
        }
        Edit::Unclassify(class, frame) => row.edit_classification(CLASSES[class])?.remove_from(frame),
        Edit::Classify(index, frame) => {
            row.classify("Weather", "Rainy").with_hash(new_hash("class", writer, index)).on(frame).map(|_| ())
        }
        Edit::Add(index, frame) => {
            let (hash, add) = (new_hash("object", writer, index), frame);
            match (layout, space) {
                (Layout::Scene, _) => row.add("Spot").with_hash(hash).point(0.5, 0.5).during(add, add + 7).map(|_| ()),
                (_, None) => row.add("Box").with_hash(hash).bounding_box(0.1, 0.1, 0.2, 0.2).on(add).map(|_| ()),
                (_, Some(space)) => {
                    let new = row.add("Box").with_hash(hash).bounding_box(0.1, 0.1, 0.2, 0.2);
                    new.in_space(space).on(add).map(|_| ())
                }
            }
        }
        Edit::Move(object, frame, x) => {
            on(row, object)?;
            let edit = row.edit(OBJECTS[object])?;
            let edit = if let Some(space) = space { edit.in_space(space)? } else { edit };
            match layout {
                Layout::Scene => edit.at(at(frame))?.change::<Point>(|shape| shape.x = x).map(|_| ()),
                _ => edit.at(at(frame))?.change::<BoundingBox>(|shape| shape.x = x).map(|_| ()),
            }
        }
        Edit::Put(object, frame) => {
            let edit = row.edit(OBJECTS[object])?;
            let edit = if let Some(space) = space { edit.in_space(space)? } else { edit };
            match layout {
                Layout::Scene => edit.put(at(frame), Point::new(0.4, 0.4)).map(|_| ()),
                _ => edit.put(at(frame), BoundingBox { x: 0.4, y: 0.4, width: 0.1, height: 0.1 }).map(|_| ()),
            }
        }
        Edit::Remove(object, frame) => {
            let edit = row.edit(OBJECTS[object])?;
            let edit = if let Some(space) = space { edit.in_space(space)? } else { edit };
            edit.remove_from(at(frame).0)
        }
        Edit::Author(object, frame) => {
            let edit = row.edit(OBJECTS[object])?;
            let edit = if let Some(space) = space { edit.in_space(space)? } else { edit };
            edit.at(at(frame))?.created_by("me@example.com").map(|_| ())
        }
    }
}

/// Returns a row with objects on all frames, and classifications of both generations.
fn base(layout: Layout) -> LabelRow {
    const OLD: &str =
        r#"{"objects": [], "classifications": [{"classificationHash": "old", "featureHash": "weather"}]}"#;
    let answers = r#""object_answers": {}, "object_actions": {}, "classification_answers": {"old": {"classificationHash": "old",
        "featureHash": "weather", "classifications": []}}"#;
    let none = r#""object_answers": {}, "object_actions": {}, "classification_answers": {}"#;
    let mut made = match layout {
        Layout::Video => {
            let labels = format!(r#"{{"3": {OLD}, "4": {OLD}}}"#);
            row("video", "video/mp4", &labels, &format!(r#"{answers}, "spaces": {{}}"#)).with_metadata(frames(10))
        }
        Layout::Group => {
            let spaces = r#""spaces": {"other": {"space_type": "image", "labels": {}}, "left": {"space_type": "video", "number_of_frames": 9, "labels": {}}}"#;
            row("group", "group", "{}", &format!("{none}, {spaces}"))
        }
        Layout::Scene => {
            row("scene", "scene", "{}", &format!(r#"{none}, "spaces": {{}}, "scene": {{"isContinuous": true}}"#))
        }
    };
    for hash in OBJECTS {
        match layout {
            Layout::Video => {
                made.add("Box").with_hash(hash).bounding_box(0.1, 0.2, 0.3, 0.4).on_each([0..=1, 3..=3]).unwrap();
            }
            Layout::Group => {
                let new = made.add("Box").with_hash(hash).bounding_box(0.1, 0.2, 0.3, 0.4);
                new.in_space("left").on_each(0..=1).unwrap();
            }
            Layout::Scene => {
                made.add("Spot").with_hash(hash).point(0.1, 0.2).during(0, 9_000).unwrap();
            }
        }
    }
    if !matches!(layout, Layout::Group) {
        made.classify("Weather", "Sunny").with_hash("v").on(0..=1).unwrap();
        made.classify("Weather", "Sunny").with_hash("w").on(2).unwrap();
    }
    reread(&made)
}

/// Returns the presence of a difference that the oracle expects.
fn presence(base: &Entries, ours: &Entries, row: &Entries) -> Presence {
    let changed = base.keys().chain(ours.keys()).filter(|key| base.get(*key) != ours.get(*key));
    let changed: Vec<_> = changed.collect();
    if changed.iter().all(|key| row.get(*key) == ours.get(*key)) {
        Presence::Present
    } else if changed.iter().all(|key| row.get(*key) == base.get(*key)) {
        Presence::Missing
    } else {
        Presence::Altered
    }
}

/// Checks that entries on frames are copied byte for byte from the row that changed them.
///
/// The events of an object in a scene are one entry. If both rows changed it, and one of them only in members that the
/// platform fills in, such as the author, then the other row's events are taken.
fn check_bytes(base: &LabelRow, ours: &LabelRow, theirs: &LabelRow, merged: &LabelRow) {
    let text = |row: &LabelRow, hash: &str, space: Option<&str>, frame: u64| {
        let object = row.object(hash).ok()?;
        let placed = space.map_or_else(|| object.at(frame), |space| object.at_in(space, frame));
        placed.ok().map(|placed| placed.json().to_owned())
    };
    for placed in merged.objects().flat_map(|object| object.placements()) {
        let of = |row: &LabelRow| text(row, placed.hash().as_str(), placed.space_id(), placed.frame());
        let expected = if of(ours) == of(base) { of(theirs) } else { of(ours) };
        let entry = |row: &LabelRow| {
            let events = row.object(placed.hash()).ok().filter(|_| base.is_continuous_scene());
            let events = events.map(|object| object.placements().map(|event| event.json().to_owned()).collect());
            events.unwrap_or_else(|| Vec::from_iter(of(row)))
        };
        let both_changed = entry(ours) != entry(base) && entry(theirs) != entry(base);
        if !both_changed {
            assert_eq!(Some(placed.json()), expected.as_deref(), "{} on {}", placed.hash(), placed.frame());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn merges_random_edits_like_the_oracle(
        layout in prop_oneof![2 => Just(Layout::Video), 1 => Just(Layout::Group), 1 => Just(Layout::Scene)],
        own in vec(edit(), 0..6),
        foreign in vec(edit(), 0..6),
    ) {
        let base = base(layout);
        let (mut ours, mut theirs) = (base.clone(), base.clone());
        for edit in &own {
            let _ = apply(layout, &mut ours, "us", edit);
        }
        for edit in &foreign {
            let _ = apply(layout, &mut theirs, "them", edit);
        }
        // Another serialization of the same labels, so that the text differs from that of the base.
        let theirs = parsed(format!("{}\n", theirs.to_json()), &base);
        let [before, mine, others] = [&base, &ours, &theirs].map(entries);

        let difference = ours.difference_from(&base);
        let changed = before.keys().chain(mine.keys()).filter(|key| before.get(*key) != mine.get(*key));
        let changed: std::collections::BTreeSet<_> = changed.collect();
        prop_assert_eq!(difference.len(), changed.len(), "{:?}", difference);
        prop_assert_eq!(difference.presence_in(&theirs), presence(&before, &mine, &others));

        // A difference that was sent as JSON leads from the base to our row.
        let sent = serde_json::from_str(&serde_json::to_string(&difference).unwrap()).unwrap();
        let mut applied = base.clone();
        applied.apply_difference(&sent).unwrap();
        prop_assert_eq!(entries(&applied), mine.clone());
        prop_assert_eq!(entries(&reread(&applied)), mine.clone());
        prop_assert_eq!(applied.objects().count(), ours.objects().count());

        match (LabelRow::merge(&base, &ours, &theirs), merge(&before, &mine, &others)) {
            (Ok(merged), Some(expected)) => {
                prop_assert_eq!(entries(&merged), expected.clone());
                prop_assert_eq!(entries(&reread(&merged)), expected);
                prop_assert!(reread(&merged).difference_from(&merged).is_empty());
                prop_assert_eq!(merged.objects().count(), reread(&merged).objects().count());
                prop_assert_eq!(difference.presence_in(&merged), Presence::Present);
                prop_assert_eq!(theirs.difference_from(&base).presence_in(&merged), Presence::Present);
                check_bytes(&base, &ours, &theirs, &merged);
            }
            (Err(MergeError::Conflict { entries }), None) => prop_assert!(!entries.is_empty()),
            (merged, expected) => prop_assert!(false, "{:?}, expected {:?}", merged, expected),
        }
    }
}
