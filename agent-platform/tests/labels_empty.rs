//! Empty rows for unlabelled data, and the transfer of their labels into the created row.

use agent_platform::labels::{
    Bitmask, BoundingBox, DataType, EditError, LabelRow, LabelStatus, RowError, TransferError,
};
use serde_json::{Value, json};
use test_support::made_up::{NO_ANSWERS, ontology, row, row_json, value};

/// Returns a listing entry of data `D` with this type, as the platform sends it.
fn entry(data_type: &str, more: &Value) -> String {
    let mut entry = json!({
        "label_hash": null, "branch_name": "main", "created_at": null, "last_edited_at": null, "data_hash": "D",
        "dataset_hash": "S", "dataset_title": "T", "data_title": "t", "data_type": data_type, "data_link": "l",
        "label_status": "NOT_LABELLED", "annotation_task_status": "QUEUED", "is_shadow_data": false,
        "number_of_frames": 10, "duration": null, "frames_per_second": null, "width": 4, "height": 3,
        "images_data": null, "file_type": "a/b", "is_valid": true, "spaces": {}
    });
    entry.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    entry.to_string()
}

fn empty(data_type: &str, more: &Value) -> LabelRow {
    LabelRow::empty(&entry(data_type, more), ontology()).unwrap()
}

fn images(frames: &[(&str, u64)]) -> Value {
    let image = |(hash, index): &(&str, u64)| {
        json!({"index": index, "title": format!("{hash}.png"), "file_type": "image/png", "width": 4, "height": 3,
               "image_hash": hash})
    };
    json!({ "images_data": frames.iter().map(image).collect::<Vec<_>>() })
}

#[test]
fn every_data_type_accepts_its_labels() {
    let mut video = empty("VIDEO", &json!({}));
    video.add("Box").bounding_box(0.1, 0.2, 0.3, 0.4).on(9).unwrap();
    video.add("Mask").coordinates(Bitmask::from_rows(4, 3, &[1; 12]).unwrap()).on(0).unwrap();
    let outside = video.add("Box").bounding_box(0.1, 0.2, 0.3, 0.4).on(10).unwrap_err();
    assert_eq!(outside, EditError::FrameOutOfRange { frame: 10, frames: 10 });
    for data_type in ["IMAGE", "DICOM", "NIFTI", "PDF", "SCENE", "DICOM_STUDY", "HOLOGRAM"] {
        let mut row = empty(data_type, &json!({}));
        row.add("Box").bounding_box(0.1, 0.2, 0.3, 0.4).on(0).unwrap();
        assert_eq!(row.frame(0).objects().count(), 1, "{data_type}");
    }
    empty("AUDIO", &json!({})).add("Speech").over(0..=9).unwrap();
    empty("TIME_SERIES", &json!({})).add("Stretch").over(0..=9).unwrap();
    empty("PLAIN_TEXT", &json!({"file_type": "text/plain"})).add("Quote").over(0..=9).unwrap();
    let mut html = empty("PLAIN_TEXT", &json!({"file_type": "text/html"}));
    assert!(html.add("Quote").over(0..=9).is_err(), "HTML pages have ranges of another kind");
}

#[test]
fn takes_metadata_from_the_listing() {
    let row = empty("VIDEO", &json!({"branch_name": "b", "duration": 2.50, "frames_per_second": 5, "is_valid": "?"}));
    assert!(!row.is_on_platform() && !row.is_changed());
    assert_eq!((row.label_hash().as_str(), row.data_hash().as_ref()), ("", "D"));
    assert_eq!((row.branch_name().as_deref(), row.dataset_title().as_deref()), (Some("b"), Some("T")));
    assert_eq!((row.data_type(), row.label_status()), (DataType::Video, LabelStatus::NotLabelled));
    assert_eq!((row.created_at(), row.is_valid()), (None, None));
    assert_eq!(row.metadata().unwrap().number_of_frames, Some(10));
    let unit = &value(&row)["data_units"]["D"];
    assert_eq!((&unit["data_duration"], &unit["data_fps"]), (&json!(2.5), &json!(5)));
}

#[test]
fn frames_of_a_group_are_its_images() {
    let mut row = empty("IMG_GROUP", &images(&[("b", 1), ("a", 0)]));
    row.add("Mask").coordinates(Bitmask::from_rows(4, 3, &[1; 12]).unwrap()).on(1).unwrap();
    assert!(matches!(row.add("Spot").point(0.5, 0.5).on(2), Err(EditError::FrameOutOfRange { frame: 2, frames: 2 })));
    let units = &value(&row)["data_units"];
    assert_eq!(units["b"]["labels"]["objects"].as_array().unwrap().len(), 1);
    assert_eq!((&units["a"]["data_sequence"], &units["a"]["labels"]["objects"]), (&json!("0"), &json!([])));
    let mut unnamed = empty("IMG_GROUP", &json!({"number_of_frames": 3}));
    unnamed.add("Box").bounding_box(0.1, 0.2, 0.3, 0.4).on(2).unwrap();
    for count in [json!(null), json!(1_000_000_000_000_000_u64)] {
        let rejected = LabelRow::empty(&entry("IMG_GROUP", &json!({"number_of_frames": count})), ontology());
        assert_eq!(rejected.unwrap_err(), RowError::Incomplete { missing: "images_data" });
    }
}

#[test]
fn rejects_data_with_a_label_row() {
    let rejected = |entry: &str| LabelRow::empty(entry, ontology()).unwrap_err();
    let there = rejected(&entry("VIDEO", &json!({"label_hash": "L"})));
    assert_eq!(there, RowError::OnPlatform { label_hash: "L".into() });
    assert_eq!(rejected("{}"), RowError::Incomplete { missing: "data_hash" });
    assert_eq!(rejected(r#"{"data_hash": "D", "data_type": 7}"#), RowError::Incomplete { missing: "data_type" });
    assert!(matches!(rejected("{\"data_hash\": \"D\","), RowError::Json(_)));
}

#[test]
fn transfers_labels_and_keeps_the_remaining_text() {
    let mut edited = empty("VIDEO", &json!({}));
    for frame in [7, 3, 3] {
        let object = edited.add("Box").bounding_box(0.1, 0.2, 0.3, 0.4).answer("Note", "x").on(frame).unwrap();
        object.answer("Moving", "Yes").unwrap();
    }
    edited.classify("Weather", "Sunny").on(2..=5).unwrap();
    let labels = "{ \"3\": {\"objects\" : [ ], \"metadata\": {\"uri\": 1.50}},\n \"9\": {} }";
    let text = row_json("video", "video/mp4", labels, NO_ANSWERS).replace("\"label_hash\"", " \"label_hash\" ");
    let created = LabelRow::parse(text.clone(), ontology()).unwrap();
    let mut row = created.clone().with_labels_of(&edited).unwrap();

    assert!(row.is_on_platform() && row.is_changed());
    assert_eq!(row.original_json(), text);
    let reread = LabelRow::parse(row.to_json(), ontology()).unwrap();
    for other in [&edited, &reread] {
        assert_eq!(row.frame(3).objects().count(), other.frame(3).objects().count());
        let hashes = |row: &LabelRow| row.objects().map(|object| object.hash().to_owned()).collect::<Vec<_>>();
        let sorted = |row: &LabelRow| std::collections::BTreeSet::from_iter(hashes(row));
        assert_eq!(sorted(&row), sorted(other));
        for key in ["object_answers", "object_actions", "classification_answers"] {
            assert_eq!(value(&row)[key], value(other)[key]);
        }
        assert_eq!(row.frame(4).classifications().count(), 1);
    }
    let frames: Vec<u64> = reread.frames().map(|frame| frame.frame()).collect();
    assert_eq!(frames, [3, 7, 9]);
    assert_eq!(row.frame(3).member_json("metadata"), Some("{\"uri\": 1.50}"));

    let hashes: Vec<_> = row.objects().map(|object| object.hash().to_owned()).collect();
    for hash in hashes {
        row.edit(&hash).unwrap().answer("Count", 3).unwrap();
        row.delete(&hash).unwrap();
    }
    let hash = row.classifications().next().unwrap().hash().to_owned();
    row.delete_classification(&hash).unwrap();
    let emptied = text.replace("[ ], \"metadata\"", "[ ],\"classifications\":[], \"metadata\"");
    assert_eq!(without_empty_frames(value(&row)), without_empty_frames(serde_json::from_str(&emptied).unwrap()));
}

fn without_empty_frames(mut row: Value) -> Value {
    let frames = row["data_units"]["D"]["labels"].as_object_mut().unwrap();
    frames.retain(|_, frame| frame.get("metadata").is_some());
    frames.values_mut().for_each(|frame| drop(frame.as_object_mut().unwrap().remove("classifications")));
    row
}

#[test]
fn transfer_writes_only_labels() {
    let mut edited = empty("VIDEO", &json!({}));
    edited.add("Box").bounding_box(0.1, 0.2, 0.3, 0.4).on(3).unwrap();
    let created = row("video", "video/mp4", "{ \"3\": {} }", NO_ANSWERS);
    let before = created.to_json();
    assert_eq!(created.clone().with_labels_of(&empty("VIDEO", &json!({}))).unwrap().to_json(), before);
    let after = created.with_labels_of(&edited).unwrap().to_json();
    let (head, tail) = before.split_once("{ \"3\": {} }").unwrap();
    assert!(after.starts_with(head), "{after}");
    let answers = tail.split_once("\"object_answers\": {}").unwrap();
    assert!(after.contains(answers.0) && after.ends_with(answers.1), "{after}");
}

#[test]
fn does_not_overwrite_concurrent_labels() {
    let mut edited = empty("IMAGE", &json!({}));
    edited.add("Box").bounding_box(0.1, 0.2, 0.3, 0.4).on(0).unwrap();
    let created = || row("image", "image/png", r#"{"objects": [], "classifications": []}"#, NO_ANSWERS);
    let mut labelled = created();
    labelled.classify("Scene", "x").on_all().unwrap();
    assert_eq!(labelled.with_labels_of(&edited).unwrap_err(), TransferError::LabelledMeanwhile);
    let strange = row("image", "image/png", r#"{"objects": [{"future": 1}]}"#, NO_ANSWERS);
    assert_eq!(strange.with_labels_of(&edited).unwrap_err(), TransferError::LabelledMeanwhile);
    let twice = created().with_labels_of(&edited).unwrap();
    assert_eq!(twice.clone().with_labels_of(&edited).unwrap_err(), TransferError::LabelledMeanwhile);
    assert_eq!(twice.frame(0).shapes::<BoundingBox>().count(), 1);
}

#[test]
fn rejects_labels_of_other_data() {
    let other_hash = json!({"data_hash": "E"});
    for other in [empty("IMAGE", &other_hash), empty("VIDEO", &json!({}))] {
        let created = row("image", "image/png", "{}", NO_ANSWERS);
        let data_hash = other.data_hash().into_owned();
        assert_eq!(created.with_labels_of(&other).unwrap_err(), TransferError::OtherData { data_hash });
    }
}

/// Returns a created row of an image group with these images.
fn group(images: &[(&str, u64)]) -> LabelRow {
    let unit = |(hash, frame): &(&str, u64)| {
        let labels = json!({"objects": [], "classifications": []});
        ((*hash).to_owned(), json!({"data_hash": hash, "data_sequence": frame.to_string(), "labels": labels}))
    };
    let units: serde_json::Map<String, Value> = images.iter().map(unit).collect();
    let row = json!({"label_hash": "L", "data_hash": "D", "data_type": "img_group", "data_units": units,
                     "object_answers": {}, "object_actions": {}, "classification_answers": {}});
    LabelRow::parse(row.to_string(), ontology()).unwrap()
}

#[test]
fn matches_images_by_hash_or_frame() {
    let mut edited = empty("IMG_GROUP", &images(&[("a", 0), ("b", 1)]));
    edited.add("Box").bounding_box(0.1, 0.2, 0.3, 0.4).on(1).unwrap();
    let on = |row: LabelRow, unit: &str| value(&row)["data_units"][unit]["labels"]["objects"][0]["shape"].clone();
    assert_eq!(on(group(&[("b", 1), ("a", 0)]).with_labels_of(&edited).unwrap(), "b"), "bounding_box");
    assert_eq!(on(group(&[("x", 0), ("y", 1)]).with_labels_of(&edited).unwrap(), "y"), "bounding_box");
    for (created, missing) in [(group(&[("a", 0)]), "b"), (group(&[("a", 1), ("b", 0)]), "a")] {
        let data_hash = missing.to_owned();
        assert_eq!(created.with_labels_of(&edited).unwrap_err(), TransferError::NoDataUnit { data_hash });
    }
}

#[test]
fn matches_spaces_by_id() {
    let spaces = json!({"spaces": {
        "v": {"space_type": "video", "child_info": {"layout_key": "k"}, "number_of_frames": 5, "labels": {"9": {}}},
        "s": {"space_type": "audio", "duration_ms": 9000, "labels": {}},
        "p": {"space_type": "point_cloud", "scene_info": {"stream_id": "l", "event_index": 0}}
    }});
    let mut edited = empty("GROUP", &spaces);
    assert!(edited.add("Box").bounding_box(0.1, 0.1, 0.1, 0.1).on(0).is_err(), "a group itself has no frames");
    edited.add("Box").bounding_box(0.1, 0.1, 0.1, 0.1).in_space("v").on(4).unwrap();
    assert!(edited.add("Box").bounding_box(0.1, 0.1, 0.1, 0.1).in_space("v").on(5).is_err());
    edited.add("Speech").in_space("s").over(0..=100).unwrap();
    assert_eq!(edited.space("v").unwrap().member_json("child_info").as_deref(), Some(r#"{"layout_key":"k"}"#));
    assert_eq!(edited.space("v").unwrap().frames().count(), 1, "only the edited space is written");

    let created = |spaces: &Value| {
        let row = json!({"label_hash": "L", "data_hash": "D", "data_type": "group", "object_answers": {},
                         "object_actions": {}, "classification_answers": {}, "spaces": spaces["spaces"],
                         "data_units": {"D": {"data_hash": "D", "data_type": "group", "data_sequence": 0, "labels": {}}}});
        LabelRow::parse(row.to_string(), ontology()).unwrap()
    };
    let row = created(&spaces).with_labels_of(&edited).unwrap();
    assert_eq!(row.space("v").unwrap().frame(4).objects().count(), 1);
    assert_eq!(row.space("s").unwrap().objects().count(), 1);
    for space in ["v", "s"] {
        let mut without = spaces.clone();
        without["spaces"].as_object_mut().unwrap().remove(space);
        let rejected = created(&without).with_labels_of(&edited).unwrap_err();
        assert_eq!(rejected, TransferError::NoSpace { id: space.to_owned() });
    }
    let mut without = spaces.clone();
    without["spaces"].as_object_mut().unwrap().remove("p");
    created(&without).with_labels_of(&edited).unwrap();
}
