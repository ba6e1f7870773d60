//! Unusual JSON, and random edits of random rows.

use std::collections::BTreeMap;

use agent_platform::labels::{BoundingBox, DataType, EditError, LabelRow, LabelStatus, ReadError};
use proptest::prelude::*;
use test_support::made_up::{NO_ANSWERS, frames, ontology, row, row_json, value};

const ENTRY: &str =
    r#"{"objectHash":"o","featureHash":"class0","shape":"bounding_box","boundingBox":{"x":0.1,"y":0,"w":0,"h":0}}"#;

fn parse(text: &str) -> LabelRow {
    LabelRow::parse(text, ontology()).unwrap()
}

#[test]
fn keeps_byte_order_mark_and_white_space() {
    let labels = format!("{{ \"3\" :\r\n\t{{\"objects\" : [ {ENTRY} ]\n}} }}");
    let text = format!("\u{feff} \n{}\r\n\t ", row_json("video", "video/mp4", &labels, NO_ANSWERS));
    let mut row = parse(&text);
    assert_eq!(row.to_json(), text);
    row.edit("o").unwrap().answer("Count", 1).unwrap().clear_answer("Count").unwrap();
    assert!(row.to_json().starts_with("\u{feff} \n{") && row.to_json().ends_with("}\r\n\t "));
    assert_eq!(row.frame(3).objects().count(), 1);
}

#[test]
fn reads_escapes_in_keys_and_hashes() {
    let entry = ENTRY
        .replace("\"objectHash\":\"o\"", r#""\u006fbjectHash":"a\/\u002b""#)
        .replace("boundingBox", r"\u0062oundingBox");
    let labels = format!(r#"{{"\u0033": {{"\u006fbjects": [{entry}]}}}}"#);
    let mut row = row("video", "video/mp4", &labels, NO_ANSWERS);
    assert_eq!(row.frame(3).objects().next().unwrap().hash(), "a/+");
    row.edit("a/+").unwrap().at(3).unwrap().change::<BoundingBox>(|shape| shape.x = 0.5).unwrap();
    assert!(row.to_json().contains(r#""\u0062oundingBox":{"x":0.5,"#), "{}", row.to_json());
    assert!(!row.to_json().contains("\"boundingBox\""));
    row.delete("a/+").unwrap();
    assert_eq!(row.objects().count(), 0);
}

#[test]
fn last_of_duplicate_keys_counts() {
    let other = ENTRY.replace("\"o\"", "\"p\"");
    let labels = format!(
        r#"{{"0": {{"objects": [{ENTRY}]}}, "1": {{"objects": [{ENTRY}], "objects": []}}, "0": {{"objects": [{other}]}}}}"#
    );
    let text = row_json("video", "video/mp4", &labels, NO_ANSWERS).replacen(
        "\"label_hash\"",
        "\"data_units\": {\"X\": {}}, \"label_hash\"",
        1,
    );
    let mut row = parse(&text);
    assert_eq!(row.to_json(), text);
    let found: Vec<_> = row.objects().map(|object| object.hash().to_owned()).collect();
    assert_eq!(found, ["p"], "Python takes the last one, too");
    row.edit("p").unwrap().at(0).unwrap().change::<BoundingBox>(|shape| shape.x = 0.5).unwrap();
    let read = value(&row);
    assert_eq!(read["data_units"]["D"]["labels"]["0"]["objects"][0]["boundingBox"]["x"], 0.5);
}

#[test]
fn reads_rows_with_parts_of_unexpected_type() {
    for text in [
        "{}",
        r#"{"data_units": null, "object_answers": [], "spaces": 7}"#,
        r#"{"data_units": {"D": 5, "E": {"labels": []}, "F": {"labels": {"0": null, "x": 1, "99999999999999999999": {}}}}}"#,
        r#"{"data_units": {"D": {"labels": {"objects": {}, "classifications": null}}}, "object_actions": {"o": 4}}"#,
        r#"{"a": NaN, "b": [Infinity, -Infinity]}"#,
    ] {
        let row = parse(text);
        assert_eq!(row.to_json(), text);
        assert_eq!(row.objects().count() + row.classifications().count(), 0);
    }
    for text in ["", "[]", "7", "{\"a\":1", "{\"a\":01}", "{} {}"] {
        assert!(LabelRow::parse(text, ontology()).is_err(), "{text}");
    }
}

#[test]
fn creates_missing_containers() {
    let mut row = parse(r#"{"data_type": "image", "data_units": {"D": {"data_hash": "D"}}, "object_answers": null}"#);
    row.add("Box").with_hash("o").bounding_box(0.0, 0.0, 1.0, 1.0).on(0).unwrap().answer("Moving", "Yes").unwrap();
    row.classify("Weather", "Sunny").on(0).unwrap();
    let json = value(&row);
    assert_eq!(json["data_units"]["D"]["labels"]["objects"][0]["objectHash"], "o");
    assert_eq!(json["object_answers"]["o"]["objectHash"], "o");
    assert_eq!(json["classification_answers"].as_object().unwrap().len(), 1);
}

#[test]
fn does_not_edit_parts_of_unexpected_type() {
    let mut row = parse(r#"{"data_type": "video", "data_units": {"D": "text"}}"#);
    let added = row.add("Box").bounding_box(0.0, 0.0, 1.0, 1.0).on(0);
    assert!(matches!(added, Err(EditError::Read(ReadError::Malformed { .. }))));
    let mut row = parse(r#"{"data_type": "video", "data_units": {"D": {"labels": {"3": null}}}, "object_answers": 7}"#);
    row.add("Box").bounding_box(0.0, 0.0, 1.0, 1.0).on(3).unwrap();
    assert_eq!(value(&row)["data_units"]["D"]["labels"]["3"]["objects"].as_array().unwrap().len(), 1);
}

#[test]
fn reads_metadata_of_a_row() {
    let row = row("video", "video/mp4", "{}", NO_ANSWERS);
    assert_eq!((row.data_type(), row.label_status()), (DataType::Video, LabelStatus::Labelled));
    assert_eq!((row.label_hash().as_str(), row.branch_name().as_deref()), ("L", Some("main")));
    assert_eq!(row.created_at().unwrap().to_string(), "Fri, 01 Mar 2024 09:00:00 UTC");
    assert_eq!(row.last_edited_at(), None);
    assert_eq!(row.member_json("future").as_deref(), Some(r#"{"kept": 1.50}"#));
}

#[test]
fn clones_are_independent() {
    let mut row = row("video", "video/mp4", &format!("{{\"0\": {{\"objects\": [{ENTRY}]}}}}"), NO_ANSWERS);
    row.classify("Weather", "Sunny").on(0..=3).unwrap();
    let (before, mut clone) = (row.to_json(), row.clone());
    clone.delete("o").unwrap();
    clone.classify("Weather", "Rainy").on(4).unwrap();
    assert_eq!((clone.objects().count(), clone.classifications().count()), (0, 2));
    assert_eq!((row.objects().count(), row.classifications().count(), row.to_json()), (1, 1, before));
    row.classify("Weather", "Rainy").on(4).unwrap();
    row.edit("o").unwrap().at(0).unwrap().change::<BoundingBox>(|shape| shape.x = 0.5).unwrap();
    assert_eq!(clone.objects().count(), 0);
}

/// Returns frames without labels, in the given order.
fn empty_frames(frames: &[u64], entry: impl Fn(u64) -> &'static str) -> String {
    let all: Vec<String> = frames.iter().map(|frame| format!(" \"{frame}\" : {}", entry(*frame))).collect();
    format!("{{{} }}", all.join(" ,"))
}

const EMPTY: &str = r#"{ "objects":[ ], "classifications" : []}"#;

#[test]
fn reads_and_fills_empty_frames() {
    let frames: Vec<u64> = (5..200).chain([300, 299]).collect();
    let labels = empty_frames(&frames, |frame| if frame % 50 == 7 { "{ }" } else { EMPTY });
    let mut row = row("video", "video/mp4", &labels, NO_ANSWERS);
    let sorted: Vec<u64> = (5..200).chain([299, 300]).collect();
    assert_eq!(row.frames().map(|frame| frame.frame()).collect::<Vec<_>>(), sorted);
    assert_eq!((row.frame(70).objects().count(), row.frame(70).member_json("metadata")), (0, None));
    for frame in [69, 5, 199, 57, 68, 3, 250] {
        row.add("Box").bounding_box(0.1, 0.2, 0.3, 0.4).on(frame).unwrap();
        assert_eq!(row.frame(frame).objects().count(), 1);
    }
    let text = row.to_json();
    let again = parse(&text);
    let filled = |row: &LabelRow| -> Vec<u64> {
        row.frames().filter(|frame| frame.objects().count() == 1).map(|frame| frame.frame()).collect()
    };
    assert_eq!(filled(&row), [3, 5, 57, 68, 69, 199, 250]);
    assert_eq!(filled(&again), filled(&row));
    assert_eq!(again.frames().count(), sorted.len() + 2);
    assert!(text.contains(&format!("\"66\" : {EMPTY} , \"67\" : {EMPTY} , \"68\" :")), "{text}");
}

#[test]
fn reads_duplicate_empty_frames() {
    for labels in [
        format!(r#"{{"0": {EMPTY}, "1": {EMPTY}, "2": {EMPTY}, "1": {{"objects": [{ENTRY}]}}}}"#),
        format!(r#"{{"1": {{"objects": [{ENTRY}]}}, "0": {EMPTY}, "1": {EMPTY}, "2": {EMPTY}}}"#),
        format!(r#"{{"0": {EMPTY}, "1": {EMPTY}, "2": {EMPTY}, "1": {EMPTY}}}"#),
        format!(r#"{{"0": {EMPTY}, "1": {EMPTY}, "0": {EMPTY}, "1": {EMPTY}}}"#),
    ] {
        let text = row_json("video", "video/mp4", &labels, NO_ANSWERS);
        let mut row = parse(&text);
        assert_eq!(row.to_json(), text);
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        let frames = read["data_units"]["D"]["labels"].as_object().unwrap();
        assert_eq!(row.frames().count(), frames.len(), "{labels}");
        let on_one = frames["1"]["objects"].as_array().unwrap().len();
        assert_eq!(row.frame(1).objects().count(), on_one, "the last of duplicate keys counts");
        row.add("Box").bounding_box(0.1, 0.2, 0.3, 0.4).on(1).unwrap();
        let written = value(&row);
        assert_eq!(written["data_units"]["D"]["labels"]["1"]["objects"].as_array().unwrap().len(), on_one + 1);
    }
}

/// A random edit.
#[derive(Debug, Clone)]
enum Step {
    Add(u64, f64),
    Put(usize, u64, f64),
    Remove(usize, u64, u64),
    Delete(usize),
    Copy(usize),
    Move(usize, u64),
    Answer(usize, i64),
}

fn step() -> impl Strategy<Value = Step> {
    let (which, frame, x) = (0..6usize, 0..8u64, 0.0..1.0f64);
    prop_oneof![
        (frame.clone(), x.clone()).prop_map(|(frame, x)| Step::Add(frame, x)),
        (which.clone(), frame.clone(), x).prop_map(|(which, frame, x)| Step::Put(which, frame, x)),
        (which.clone(), frame.clone(), 0..3u64).prop_map(|(which, from, length)| Step::Remove(
            which,
            from,
            from + length
        )),
        which.clone().prop_map(Step::Delete),
        which.clone().prop_map(Step::Copy),
        (which.clone(), frame).prop_map(|(which, frame)| Step::Move(which, frame)),
        (which, 0..9i64).prop_map(|(which, number)| Step::Answer(which, number)),
    ]
}

/// Objects by hash: their frames with `x`, and the answer to `Count`.
type Model = BTreeMap<String, (BTreeMap<u64, f64>, Option<i64>)>;

fn shape(x: f64) -> BoundingBox {
    BoundingBox { x, y: 0.0, width: 0.0, height: 0.0 }
}

fn make(row: &mut LabelRow, model: &mut Model, step: &Step) {
    let nth = |model: &Model, which: usize| model.keys().nth(which).cloned();
    match *step {
        Step::Add(frame, x) => {
            let hash = row.add("Box").coordinates(shape(x)).on(frame).unwrap().hash().to_owned();
            model.insert(hash.to_string(), (BTreeMap::from([(frame, x)]), None));
        }
        Step::Put(which, frame, x) => {
            let Some(hash) = nth(model, which) else { return };
            row.edit(&hash).unwrap().put(frame, shape(x)).unwrap();
            model.get_mut(&hash).unwrap().0.insert(frame, x);
        }
        Step::Remove(which, from, to) => {
            let Some(hash) = nth(model, which) else { return };
            row.edit(&hash).unwrap().remove_from(from..=to).unwrap();
            let own = &mut model.get_mut(&hash).unwrap().0;
            own.retain(|frame, _| !(from..=to).contains(frame));
            if own.is_empty() {
                model.remove(&hash);
            }
        }
        Step::Delete(which) => {
            let Some(hash) = nth(model, which) else { return };
            row.delete(&hash).unwrap();
            model.remove(&hash);
        }
        Step::Copy(which) => {
            let Some(hash) = nth(model, which) else { return };
            let copy = row.edit(&hash).unwrap().copy().unwrap().hash().to_owned();
            model.insert(copy.to_string(), model[&hash].clone());
        }
        Step::Move(which, frame) => {
            let Some(hash) = nth(model, which) else { return };
            let first = *model[&hash].0.keys().next().unwrap();
            let moved = row.edit(&hash).unwrap().at(first).unwrap().move_to(frame).is_ok();
            let own = &mut model.get_mut(&hash).unwrap().0;
            assert_eq!(moved, frame == first || !own.contains_key(&frame));
            if moved {
                let x = own.remove(&first).unwrap();
                own.insert(frame, x);
            }
        }
        Step::Answer(which, number) => {
            let Some(hash) = nth(model, which) else { return };
            row.edit(&hash).unwrap().answer("Count", number).unwrap();
            model.get_mut(&hash).unwrap().1 = Some(number);
        }
    }
}

fn read(row: &LabelRow) -> Model {
    row.objects()
        .map(|object| {
            let frames =
                object.placements().map(|placed| (placed.frame(), placed.coordinates::<BoundingBox>().unwrap().x));
            #[expect(clippy::cast_possible_truncation, reason = "small whole numbers")]
            let count = object.answer("Count").and_then(|value| value.as_number()).map(|number| number as i64);
            (object.hash().to_string(), (frames.collect(), count))
        })
        .collect()
}

proptest! {
    #[test]
    fn random_edits_keep_all_parts_consistent(steps in proptest::collection::vec(step(), 0..40)) {
        let mut row = row("video", "video/mp4", r#"{"2": {"objects": [], "classifications": [], "metadata": {"a": 1.0}}}"#, NO_ANSWERS).with_metadata(frames(8));
        let mut model = Model::new();
        for step in &steps {
            make(&mut row, &mut model, step);
        }
        prop_assert_eq!(&read(&row), &model);
        let again = parse(&row.to_json());
        prop_assert_eq!(&read(&again), &model, "{}", row.to_json());
        let answers = value(&row)["object_answers"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        prop_assert_eq!(answers.len(), model.len());
        let kept = row.to_json().contains(r#""metadata": {"a": 1.0}"#);
        prop_assert!(kept);
        for frame in row.frames() {
            let there = model.values().filter(|(frames, _)| frames.contains_key(&frame.frame())).count();
            prop_assert_eq!(frame.objects().count(), there);
        }
    }

    #[test]
    fn random_edits_among_empty_frames_are_consistent(
        frames in proptest::collection::vec((0_u64..40, 1_u64..40), 0..8),
        edits in proptest::collection::vec(0_u64..80, 0..20),
    ) {
        let mut written = std::collections::BTreeSet::new();
        let runs = frames.iter().flat_map(|(first, count)| *first..first + count);
        let frames: Vec<u64> = runs.filter(|frame| written.insert(*frame)).collect();
        let labels = empty_frames(&frames, |frame| if frame % 9 == 4 { r#"{"metadata": {"width": 1}}"# } else { EMPTY });
        let mut row = row("video", "video/mp4", &labels, NO_ANSWERS);
        let mut expected: BTreeMap<u64, usize> = written.into_iter().map(|frame| (frame, 0)).collect();
        for frame in edits {
            row.add("Box").bounding_box(0.1, 0.2, 0.3, 0.4).on(frame).unwrap();
            *expected.entry(frame).or_default() += 1;
        }
        let read = |row: &LabelRow| -> BTreeMap<u64, usize> { row.frames().map(|frame| (frame.frame(), frame.objects().count())).collect() };
        prop_assert_eq!(&read(&row), &expected);
        prop_assert_eq!(&read(&parse(&row.to_json())), &expected);
        for frame in frames.iter().filter(|frame| *frame % 9 == 4) {
            prop_assert_eq!(row.frame(*frame).member_json("metadata"), Some("{\"width\": 1}"));
        }
    }

    #[test]
    fn parses_or_rejects_any_text(text in r#"\{("data_units"|"spaces"|"object_answers"|[{}\[\]:,"0-9a-z ]){0,40}"#) {
        if let Ok(row) = LabelRow::parse(text.clone(), ontology()) {
            prop_assert_eq!(row.to_json(), text);
        }
    }

    #[test]
    fn keeps_any_value(value in json_value()) {
        let text = format!(r#"{{"data_units": {{"D": {{"labels": {{"0": {{"objects": [{value}], "x": {value}}}}}, "y": {value}}}}}, "z": {value}}}"#);
        prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok());
        prop_assert_eq!(parse(&text).to_json(), text);
    }
}

/// Any JSON, with unusual spellings.
fn json_value() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("-0.50e+3".to_owned()),
        any::<i64>().prop_map(|number| number.to_string()),
        ".{0,6}".prop_map(|text| serde_json::to_string(&text).unwrap()),
        Just(r#""\ud83d\ude42\/\u0000""#.to_owned()),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(|values| format!("[ {}\t]", values.join(" ,\n"))),
            proptest::collection::vec(("[a-c]|objectHash|range", inner), 0..4).prop_map(|members| {
                let members: Vec<String> =
                    members.into_iter().map(|(key, value)| format!("\"{key}\" : {value}")).collect();
                format!("{{{}}}", members.join(" , "))
            }),
        ]
    })
}
