//! Edits of made-up label rows: all parts of a row agree, and the remaining text is unchanged.

use agent_platform::labels::{
    AnswerValue, BoundingBox, Circle, Cuboid, EditError, LabelRow, Point, Polygon, Polyline, Ranges, ReadError,
    Skeleton, Vertex, Visibility,
};
use serde_json::json;
use test_support::made_up::{NO_ANSWERS, frames, image, row, value, video};

const BOX: BoundingBox = BoundingBox { x: 0.1, y: 0.2, width: 0.3, height: 0.4 };

fn reread(row: &LabelRow) -> LabelRow {
    LabelRow::parse(row.to_json(), row.ontology().clone()).unwrap()
}

#[test]
fn adds_object_to_all_parts_of_a_row() {
    let mut row = video();
    let hash = row
        .add("Box")
        .coordinates(BOX)
        .answer("Kind", "Special")
        .answer("Why", "because")
        .on(3)
        .unwrap()
        .hash()
        .to_owned();
    assert!(row.is_changed());
    let json = value(&row);
    let entry = &json["data_units"]["D"]["labels"]["3"]["objects"][0];
    assert_eq!(entry["objectHash"], hash.as_str());
    assert_eq!(entry["featureHash"], "class0");
    assert_eq!(entry["boundingBox"], json!({"x": 0.1, "y": 0.2, "w": 0.3, "h": 0.4}));
    assert_eq!(entry["createdAt"], "Tue, 14 Nov 2023 22:13:20 UTC");
    assert_eq!(entry["createdBy"], json!(null));
    assert_eq!(json["object_answers"][hash.as_str()]["classifications"].as_array().unwrap().len(), 2);
    assert_eq!(json["object_actions"], json!({}));
    for row in [&row, &reread(&row)] {
        let object = row.object(&hash).unwrap();
        assert_eq!(object.frames().collect::<Vec<_>>(), [3]);
        assert_eq!(object.at(3).unwrap().coordinates::<BoundingBox>().unwrap(), BOX);
        assert!(object.answer("Kind").unwrap().has("Special"));
        assert_eq!(object.answer("Why"), Some(AnswerValue::Text("because".to_owned())));
        assert_eq!(row.frame(3).objects_of_class("Box").count(), 1);
        assert_eq!(row.objects_of_class("class0").count(), 1);
    }
}

#[test]
fn deleting_added_objects_restores_the_row() {
    let mut row = video();
    let hash =
        row.add("Box").coordinates(BOX).on_each(2..=5).unwrap().answer("Moving", "Yes").unwrap().hash().to_owned();
    assert_eq!(value(&row)["object_actions"][hash.as_str()]["actions"][0]["range"], json!([[2, 5]]));
    row.delete(&hash).unwrap();
    let json = value(&row);
    assert_eq!((&json["object_answers"], &json["object_actions"]), (&json!({}), &json!({})));
    assert_eq!(json["data_units"]["D"]["labels"]["2"]["objects"], json!([]));
    assert_eq!(row.objects().count(), 0);
    assert_eq!(row.delete(&hash), Err(ReadError::NoObject { hash }));
}

#[test]
fn adds_frames_in_order() {
    let mut row = video();
    for frame in [5, 9, 0, 7] {
        row.add("Box").coordinates(BOX).on(frame).unwrap();
    }
    let json = row.to_json();
    let at = |frame: u64| json.find(&format!("\"{frame}\":{{")).unwrap();
    assert!(at(0) < at(5) && at(5) < at(7) && at(7) < at(9), "{json}");
}

#[test]
fn keeps_the_remaining_text() {
    let labels = r#"{"0" : {"objects": [ {"objectHash":"o1","featureHash":"class0","shape":"bounding_box","x-new":[1.0, 2e0],
      "boundingBox":{"h":0.50,"w":1,"x":0.0,"y":0.2,"tilt":7},"reviews":[{}],"createdAt":"x"} ], "classifications": [], "metadata": {"z": 1}}}"#;
    let mut row = row("video", "video/mp4", labels, NO_ANSWERS);
    row.edit("o1").unwrap().at(0).unwrap().change::<BoundingBox>(|shape| shape.y = 0.25).unwrap();
    let expected = row
        .original_json()
        .replace(r#""y":0.2,"#, r#""y":0.25,"#)
        .replace(r#""createdAt":"x"}"#, r#""createdAt":"x","lastEditedAt":"Tue, 14 Nov 2023 22:13:20 UTC"}"#);
    assert_eq!(row.to_json(), expected);
}

#[test]
fn edit_without_effect_changes_nothing() {
    let mut row = video();
    row.add("Box").with_hash("o").coordinates(BOX).answer("Flags", ["Old", "Wet"]).answer("Count", 3).on(0).unwrap();
    row.edit("o").unwrap().answer_on("Moving", "Yes", 0..=4).unwrap();
    row.classify("Weather", "Sunny").with_hash("c").on(0..=4).unwrap();
    let mut row = reread(&row);
    row.edit("o").unwrap().answer("Flags", ["Wet", "Old"]).unwrap().answer("Count", 3.0).unwrap();
    row.edit("o").unwrap().answer_on("Moving", "Yes", 1..=2).unwrap();
    row.edit("o").unwrap().at(0).unwrap().set(BOX).unwrap().confidence(1.0).unwrap().manual().unwrap();
    row.edit("o").unwrap().clear_answer("Note").unwrap().remove_from(7..=9).unwrap();
    row.edit_classification("c").unwrap().set("Sunny").unwrap().add_to(2..=3).unwrap();
    assert!(!row.is_changed(), "{}", row.to_json());
}

#[test]
fn rejects_invalid_edits() {
    let mut row = video();
    row.add("Box").with_hash("o").coordinates(BOX).on(0).unwrap();
    row.classify("Weather", "Sunny").on(0..=4).unwrap();
    row.classify("Scene", "day").on_all().unwrap();
    let before = row.to_json();
    let unknown = row.add("Nothing").coordinates(BOX).on(0).unwrap_err();
    assert_eq!(unknown, EditError::UnknownClass { key: "Nothing".to_owned() });
    assert!(matches!(row.add("Area").coordinates(BOX).on(0), Err(EditError::WrongShape { .. })));
    assert!(matches!(row.add("Box").on(0), Err(EditError::NoCoordinates { .. })));
    assert!(matches!(
        row.add("Box").coordinates(BOX).on(10),
        Err(EditError::FrameOutOfRange { frame: 10, frames: 10 })
    ));
    assert!(matches!(row.add("Box").coordinates(BOX).with_hash("o").on(0), Err(EditError::HashTaken { .. })));
    assert!(matches!(
        row.add("Box").coordinates(BOX).answer("Kind", "Odd").on(0),
        Err(EditError::UnknownOption { .. })
    ));
    assert!(matches!(row.add("Box").coordinates(BOX).answer("Why", "x").on(0), Err(EditError::ParentNotChosen { .. })));
    assert!(matches!(row.add("Box").coordinates(BOX).answer("Count", "x").on(0), Err(EditError::WrongAnswer { .. })));
    assert!(matches!(row.add("Box").coordinates(BOX).answer("Aura", "x").on(0), Err(EditError::WrongAnswer { .. })));
    assert!(matches!(row.add("Box").coordinates(BOX).confidence(1.5).on(0), Err(EditError::Confidence)));
    assert!(matches!(row.add("Box").bounding_box(f64::NAN, 0.0, 0.0, 0.0).on(0), Err(EditError::Coordinates { .. })));
    assert!(matches!(row.add("Speech").over(0..=9), Err(EditError::NotOnThisMedia { .. })));
    assert!(matches!(row.edit("o").unwrap().answer("Colour", "x"), Err(EditError::UnknownAttribute { .. })));
    assert!(matches!(row.edit("o").unwrap().answer_on("Note", "x", 0), Err(EditError::NotDynamic { .. })));
    assert!(matches!(
        row.edit("o").unwrap().answer_on("Moving", "Yes", 0..=10),
        Err(EditError::FrameOutOfRange { .. })
    ));
    assert!(matches!(row.edit("o").unwrap().put(1, Circle::new(0.5, 0.5, 0.1)), Err(EditError::WrongShape { .. })));
    assert!(matches!(
        row.edit("o").unwrap().at(0).unwrap().copy_to(0..=3),
        Err(EditError::AlreadyOnFrame { frame: 0, .. })
    ));
    assert!(matches!(row.classify("Weather", "Rainy").on(4..=6), Err(EditError::ClassTwice { frame: 4, .. })));
    assert!(matches!(row.classify("Weather", "Rainy").on_all(), Err(EditError::NoRange)));
    assert!(matches!(row.classify("Weather", "Snow").on(7), Err(EditError::UnknownOption { .. })));
    assert!(matches!(row.classify("Scene", "night").on_all(), Err(EditError::GlobalTwice { .. })));
    let mask = agent_platform::labels::Bitmask::from_rows(2, 2, &[0; 4]).unwrap();
    assert!(matches!(row.add("Mask").coordinates(mask).on(0), Err(EditError::MaskSize { media_width: 4, .. })));
    assert_eq!(row.to_json(), before, "a rejected edit changed the row");
}

#[test]
fn numbers_are_unique_per_class() {
    let mut row = video();
    row.add("Box").coordinates(BOX).number(1).on(0).unwrap();
    row.add("Ring").coordinates(Circle::new(0.5, 0.5, 0.1)).number(1).on(0).unwrap();
    assert!(matches!(row.add("Box").coordinates(BOX).number(1).on(1), Err(EditError::NumberTaken { number: 1, .. })));
}

#[test]
fn writes_polygons_in_both_forms_and_simplifies_them() {
    let mut row = image();
    let corners = [(0.0, 0.0), (0.5, 0.001), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)];
    row.add("Area").with_hash("p").polygon(corners).on(0).unwrap();
    assert_eq!(row.edit("p").unwrap().at(0).unwrap().simplify(0.01).unwrap(), 1);
    let entry = &value(&row)["data_units"]["D"]["labels"]["objects"][0];
    assert_eq!(
        entry["polygon"],
        json!({"0": {"x": 0, "y": 0}, "1": {"x": 1, "y": 0}, "2": {"x": 1, "y": 1}, "3": {"x": 0, "y": 1}})
    );
    assert_eq!(entry["polygons"], json!([[[0, 0, 1, 0, 1, 1, 0, 1]]]));
    let polygon: Polygon = row.object("p").unwrap().at(0).unwrap().coordinates().unwrap();
    assert!((polygon.area() - 1.0).abs() < 1e-12);
    row.edit("p")
        .unwrap()
        .at(0)
        .unwrap()
        .change::<Polygon>(|polygon| {
            polygon.polygons[0].push(vec![
                Vertex { x: 0.2, y: 0.2 },
                Vertex { x: 0.4, y: 0.2 },
                Vertex { x: 0.2, y: 0.4 },
            ]);
        })
        .unwrap();
    let polygon: Polygon = reread(&row).object("p").unwrap().at(0).unwrap().coordinates().unwrap();
    assert!((polygon.area() - 0.98).abs() < 1e-12, "the area excludes holes");
}

#[test]
fn polygons_takes_precedence_over_polygon() {
    let labels = r#"{"objects": [{"objectHash": "a", "featureHash": "class2", "shape": "polygon",
        "polygon": {"10": {"x": 3, "y": 3}, "9": {"x": 2, "y": 2}}, "polygons": [[[0.5, 0.5, 1, 1]]]},
        {"objectHash": "b", "featureHash": "class2", "shape": "polygon", "polygon": {"10": {"x": 3, "y": 3}, "9": {"x": 2, "y": 2}}, "polygons": null},
        {"objectHash": "c", "featureHash": "class2", "shape": "polygon", "polygon": [{"x": 7, "y": 8}]}], "classifications": []}"#;
    let row = row("image", "image/png", labels, NO_ANSWERS);
    let outline = |hash| row.object(hash).unwrap().at(0).unwrap().coordinates::<Polygon>().unwrap().outline()[0];
    assert_eq!(outline("a"), Vertex { x: 0.5, y: 0.5 });
    assert_eq!(outline("b"), Vertex { x: 2.0, y: 2.0 });
    assert_eq!(outline("c"), Vertex { x: 7.0, y: 8.0 });
}

#[test]
fn skeletons_keep_order_and_flags() {
    let vertices = r#"{"10": {"x": 0, "y": 0.10, "name": "foot", "invisible": true, "occluded": true, "more": 1}, "2": {"x": 1, "y": 1, "name": "head", "visibility": "selfOccluded"}}"#;
    let labels = format!(
        r#"{{"objects": [{{"objectHash": "s", "featureHash": "class5", "shape": "skeleton", "skeleton": {vertices}}}], "classifications": []}}"#
    );
    let mut row = row("image", "image/png", &labels, NO_ANSWERS);
    let skeleton: Skeleton = row.object("s").unwrap().at(0).unwrap().coordinates().unwrap();
    assert_eq!(skeleton.vertices[0].name, "foot");
    assert_eq!(skeleton.vertices[0].visibility, Some(Visibility::Invisible));
    assert_eq!(skeleton.vertices[1].visibility, Some(Visibility::SelfOccluded));
    row.edit("s")
        .unwrap()
        .at(0)
        .unwrap()
        .change::<Skeleton>(|skeleton| skeleton.vertex_mut("foot").unwrap().x = 0.5)
        .unwrap();
    assert!(row.to_json().contains(&vertices.replace(r#""x": 0,"#, r#""x": 0.5,"#)), "{}", row.to_json());
    row.edit("s")
        .unwrap()
        .at(0)
        .unwrap()
        .change::<Skeleton>(|skeleton| skeleton.vertices[0].visibility = Some(Visibility::Visible))
        .unwrap();
    assert!(row.to_json().contains(r#""name": "foot", "more": 1, "visibility": "visible"}"#), "{}", row.to_json());
}

#[test]
fn keeps_unknown_shapes() {
    let labels = r#"{"objects": [{"objectHash": "h", "featureHash": "class15", "shape": "hologram", "hologram": {"w": 1.50}},
        {"objectHash": 5}, "text", null], "classifications": [7]}"#;
    let mut row = row("image", "image/png", labels, NO_ANSWERS);
    let object = row.object("h").unwrap();
    assert_eq!(object.class().unwrap().shape().as_str(), "hologram");
    assert!(object.at(0).unwrap().any_coordinates().is_err());
    assert!(object.at(0).unwrap().json().contains("1.50"));
    row.edit("h").unwrap().answer("Note", "kept").unwrap();
    assert!(row.to_json().contains(r#"{"objectHash": 5}, "text", null], "classifications": [7]"#));
}

#[test]
fn dynamic_answers_are_replaced_and_merged() {
    let mut row = video();
    row.add("Box").with_hash("o").coordinates(BOX).on_each(0..=9).unwrap();
    row.edit("o").unwrap().answer("Moving", "No").unwrap().answer_on("Moving", "Yes", 3..=5).unwrap();
    row.edit("o")
        .unwrap()
        .answer_on("Lights", ["Left"], 0..=6)
        .unwrap()
        .answer_on("Lights", ["Left", "Right"], 4..=9)
        .unwrap();
    row.edit("o").unwrap().clear_answer_on("Lights", 8..=9).unwrap();
    let object = row.object("o").unwrap();
    assert!(object.answer_at("Moving", 2).unwrap().has("No"));
    assert!(object.answer_at("Moving", 4).unwrap().has("Yes"));
    let moving: Vec<String> = object.dynamic_answers("Moving").iter().map(|(ranges, _)| ranges.to_string()).collect();
    assert_eq!(moving, ["0–2, 6–9", "3–5"]);
    let lights: Vec<_> = object
        .dynamic_answers("Lights")
        .iter()
        .map(|(ranges, value)| (ranges.to_string(), value.options().len()))
        .collect();
    assert_eq!(lights, [("0–3".to_owned(), 1), ("4–7".to_owned(), 2)]);
    row.edit("o").unwrap().clear_answer("Moving").unwrap().clear_answer("Lights").unwrap();
    assert_eq!(value(&row)["object_actions"], json!({}));
}

#[test]
fn reads_checklists_as_the_editor_writes_them() {
    let option = |hash: &str, range: &str| {
        format!(
            r#"{{"featureHash": "0_lig", "answers": [{{"name": "n", "value": "v", "featureHash": "{hash}"}}], "dynamic": true, "range": {range}}}"#
        )
    };
    let actions = [option("0_lef", "[[0, 5]]"), option("0_rig", "[[3, 9], [20, 10]]")].join(",");
    let static_option = |hash: &str| {
        format!(r#"{{"featureHash": "0_flag", "answers": [{{"name": "n", "value": "v", "featureHash": "{hash}"}}]}}"#)
    };
    let rest = format!(
        r#""object_answers": {{"o": {{"objectHash": "o", "classifications": [{},{}]}}}}, "object_actions": {{"o": {{"objectHash": "o", "actions": [{actions}]}}}}, "classification_answers": {{}}"#,
        static_option("0_wet"),
        static_option("0_old")
    );
    let labels = r#"{"0": {"objects": [{"objectHash": "o", "featureHash": "class0", "shape": "bounding_box", "boundingBox": {"x": 0, "y": 0, "w": 0, "h": 0}}]}}"#;
    let mut row = row("video", "video/mp4", labels, &rest);
    let object = row.object("o").unwrap();
    assert_eq!(object.answer("Flags").unwrap().options().len(), 2);
    let counts: Vec<_> = [0, 3, 6, 15]
        .iter()
        .map(|frame| object.answer_at("Lights", *frame).map_or(0, |value| value.options().len()))
        .collect();
    assert_eq!(counts, [1, 2, 1, 0]);
    row.edit("o").unwrap().answer("Flags", ["Old", "Wet"]).unwrap();
    assert!(!row.is_changed(), "the same options");
    row.edit("o").unwrap().answer("Flags", ["Dirty"]).unwrap();
    assert_eq!(value(&row)["object_answers"]["o"]["classifications"].as_array().unwrap().len(), 1);
}

#[test]
fn copies_and_moves_objects() {
    let mut row = video();
    row.add("Box").with_hash("o").coordinates(BOX).number(4).answer("Note", "n").on(0).unwrap();
    row.edit("o").unwrap().at(0).unwrap().copy_to(1..=2).unwrap().move_to(9).unwrap();
    assert_eq!(row.object("o").unwrap().frames().collect::<Vec<_>>(), [1, 2, 9]);
    let copy = row.edit("o").unwrap().answer("Moving", "Yes").unwrap().copy().unwrap().hash().to_owned();
    let copied = row.object(&copy).unwrap();
    assert_eq!((copied.frames().count(), copied.number()), (3, None));
    assert_eq!(copied.answer("Note"), Some(AnswerValue::Text("n".to_owned())));
    assert!(copied.answer_at("Moving", 9).is_some());
    row.edit("o").unwrap().remove_from(1..=9).unwrap();
    assert!(row.object("o").is_err(), "the object still has frames");
    assert!(row.object(&copy).is_ok());
    assert_eq!(value(&row)["object_answers"].as_object().unwrap().len(), 1);
}

#[test]
fn edits_classifications_of_both_generations() {
    let entry = r#"{"name":"Weather","value":"weather","featureHash":"weather","classificationHash":"c","createdAt":"x","confidence":1}"#;
    let labels = format!(
        r#"{{"2": {{"objects": [], "classifications": [{entry}]}}, "3": {{"objects": [], "classifications": [{entry}]}}}}"#
    );
    let answer = r#"{"classificationHash":"c","classifications":[{"name":"Weather","value":"weather","featureHash":"weatherA","answers":[{"name":"Sunny","value":"sunny","featureHash":"sunny"}]}]}"#;
    let rest =
        format!(r#""object_answers": {{}}, "object_actions": {{}}, "classification_answers": {{"c": {answer}}}"#);
    let mut row = row("video", "video/mp4", &labels, &rest).with_metadata(frames(10));
    let old = row.classification("c").unwrap();
    assert_eq!((old.ranges(), old.feature_hash().as_str()), (Ranges::from(2..=3), "weather"));
    assert!(old.value().unwrap().has("Sunny"));
    assert_eq!((row.frame(3).classifications().count(), row.frame(4).classifications().count()), (1, 0));
    assert!(matches!(row.classify("Weather", "Rainy").on(3), Err(EditError::ClassTwice { .. })));
    row.edit_classification("c")
        .unwrap()
        .add_to(4)
        .unwrap()
        .answer("Weather", "Rainy")
        .unwrap()
        .answer("Rain", "much")
        .unwrap();
    row.edit_classification("c").unwrap().remove_from(2).unwrap();
    let json = value(&row);
    assert_eq!(json["classification_answers"]["c"]["range"], json!([[3, 4]]));
    assert_eq!(json["classification_answers"]["c"]["featureHash"], "weather");
    let mentions = |frame: &str| json["data_units"]["D"]["labels"][frame]["classifications"].as_array().unwrap().len();
    assert_eq!((mentions("2"), mentions("3"), mentions("4")), (0, 1, 1));
    row.edit_classification("c").unwrap().copy_to(8..=9).unwrap();
    assert!(matches!(row.edit_classification("c").unwrap().copy_to(9), Err(EditError::ClassTwice { .. })));
    row.delete_classification("c").unwrap();
    assert_eq!(row.classifications().count(), 1);
    assert_eq!(value(&row)["data_units"]["D"]["labels"]["3"]["classifications"], json!([]));
}

#[test]
fn upgrade_moves_frames_into_answers() {
    let entry = r#"{"featureHash":"weather","classificationHash":"c"}"#;
    let labels = format!(r#"{{"2": {{"objects": [], "classifications": [{entry}]}}}}"#);
    let rest = r#""object_answers": {}, "object_actions": {}, "classification_answers": {"c": {"classificationHash":"c","classifications":[]}}"#;
    let mut row = row("video", "video/mp4", &labels, rest);
    assert_eq!(row.upgrade_classifications().unwrap(), 1);
    assert_eq!(row.upgrade_classifications().unwrap(), 0);
    let answer = &value(&row)["classification_answers"]["c"];
    assert_eq!((&answer["range"], &answer["featureHash"]), (&json!([[2, 2]]), &json!("weather")));
}

#[test]
fn rejects_list_in_place_of_answers() {
    let rest = r#""object_answers": {}, "object_actions": {}, "classification_answers": {"c": [{"name": "Weather"}]}"#;
    let mut row = row("video", "video/mp4", "{}", rest);
    assert!(matches!(row.upgrade_classifications(), Err(EditError::Json(_))));
    assert!(row.edit_classification("c").unwrap().confidence(0.5).is_err());
    assert_eq!(value(&row)["classification_answers"], json!({"c": [{"name": "Weather"}]}));
}

#[test]
fn edits_ranges_of_audio() {
    let mut row = row("audio", "audio/mpeg", "{}", NO_ANSWERS).with_author("ann@example.com");
    row.add("Speech").with_hash("o").answer("Note", "hello").over([10..=20, 21..=30, 50..=60]).unwrap();
    assert_eq!(row.object("o").unwrap().ranges().unwrap().to_string(), "10–30, 50–60");
    row.edit("o").unwrap().set_ranges(0..=5).unwrap();
    let entry = &value(&row)["object_answers"]["o"];
    assert_eq!(
        (&entry["range"], &entry["shape"], &entry["createdBy"]),
        (&json!([[0, 5]]), &json!("audio"), &json!("ann@example.com"))
    );
    assert!(matches!(row.add("Quote").over(0..=5), Err(EditError::NotOnThisMedia { .. })));
    assert!(matches!(row.add("Box").coordinates(BOX).on(0), Err(EditError::NotOnThisMedia { .. })));
    row.classify("Weather", "Sunny").on_all().unwrap();
    assert_eq!(row.frame(0).classifications().count(), 1);
    assert_eq!(reread(&row).object("o").unwrap().created_by().as_deref(), Some("ann@example.com"));
    row.delete("o").unwrap();
    assert_eq!(value(&row)["object_answers"], json!({}));
}

#[test]
fn edits_spaces_of_a_group() {
    let spaces = r#""spaces": {"v": {"space_type": "video", "number_of_frames": 5, "width": 4, "height": 3, "labels": {}},
        "i": {"space_type": "image", "width": 4, "height": 3, "labels": {}, "child_info": {"layout_key": "k"}},
        "a": {"space_type": "audio", "labels": {}}, "h": {"space_type": "html", "labels": {}}}"#;
    let rest = format!(r#""object_answers": {{}}, "object_actions": {{}}, "classification_answers": {{}}, {spaces}"#);
    let mut row = row("group", "group", r#"{"objects": [], "classifications": []}"#, &rest);
    assert!(matches!(row.add("Box").coordinates(BOX).on(0), Err(EditError::NotOnThisMedia { .. })));
    assert!(matches!(row.add("Box").coordinates(BOX).in_space("v").on(5), Err(EditError::FrameOutOfRange { .. })));
    assert!(matches!(
        row.add("Box").coordinates(BOX).in_space("x").on(5),
        Err(EditError::Read(ReadError::NoSpace { .. }))
    ));
    row.add("Box")
        .with_hash("o")
        .coordinates(BOX)
        .in_space("v")
        .on(4)
        .unwrap()
        .in_space("i")
        .unwrap()
        .put(0, BOX)
        .unwrap();
    row.add("Speech").with_hash("s").in_space("a").over(5..=9).unwrap();
    row.classify("Weather", "Sunny").with_hash("c").in_space("v").on(2..=4).unwrap();
    assert!(matches!(row.classify("Weather", "Rainy").in_space("v").on(4), Err(EditError::ClassTwice { .. })));
    let json = value(&row);
    assert_eq!(json["spaces"]["v"]["labels"]["4"]["objects"][0]["objectHash"], "o");
    assert_eq!(json["spaces"]["i"]["labels"]["0"]["objects"][0]["objectHash"], "o");
    assert_eq!(json["object_answers"]["s"]["spaces"]["a"], json!({"type": "frame", "range": [[5, 9]]}));
    assert_eq!(json["classification_answers"]["c"]["spaces"]["v"]["range"], json!([[2, 4]]));
    let again = reread(&row);
    assert_eq!(again.object("s").unwrap().ranges_in("a").unwrap(), Ranges::from(5..=9));
    assert_eq!(again.space("v").unwrap().frame(4).classifications().count(), 1);
    assert_eq!(again.space("a").unwrap().objects().count(), 1);
    row.edit("o").unwrap().remove_from_space("v").unwrap();
    row.edit("o").unwrap().remove_from_space("i").unwrap();
    row.edit("s").unwrap().remove_from_space("a").unwrap();
    assert_eq!(value(&row)["object_answers"], json!({}));
}

#[test]
fn edits_points_and_cuboids_of_scenes() {
    let spaces = r#""spaces": {"a.pcd": {"space_type": "point_cloud", "scene_info": {"stream_id": "lidar", "event_index": 0}, "labels": {"objects": [], "classifications": []}},
        "b.png": {"space_type": "scene_image", "scene_info": {"stream_id": "cam", "event_index": 1, "start_frame": 3}, "labels": {"objects": [], "classifications": []}}}"#;
    let rest = format!(r#""object_answers": {{}}, "object_actions": {{}}, "classification_answers": {{}}, {spaces}"#);
    let labels = r#"{"cam#3": {"objects": [{"objectHash": "old", "featureHash": "class0", "shape": "bounding_box", "boundingBox": {"x":0,"y":0,"w":0,"h":0}}], "classifications": []}}"#;
    let mut row = row("scene", "scene", labels, &rest);
    assert_eq!(row.space("b.png").unwrap().frame(0).objects().next().unwrap().hash(), "old");
    let points = agent_platform::labels::Segmentation::new([0..=5, 10..=15]);
    row.add("Points").with_hash("seg").coordinates(points).in_space("a.pcd").on(0).unwrap();
    row.add("Block").coordinates(Cuboid { position: [0.0; 3], orientation: [0.0; 3], size: [1.0; 3] }).on(7).unwrap();
    row.add("Box").coordinates(BOX).in_space("b.png").on(0).unwrap();
    assert!(matches!(row.add("Box").coordinates(BOX).in_space("a.pcd").on(0), Err(EditError::NotOnThisMedia { .. })));
    let json = value(&row);
    assert_eq!(json["spaces"]["a.pcd"]["labels"]["objects"][0]["segmentation"], "0640");
    assert_eq!(json["object_answers"]["seg"]["spaces"]["a.pcd"], json!({"range": [], "type": "frame"}));
    assert_eq!(json["data_units"]["D"]["labels"]["cam#3"]["objects"].as_array().unwrap().len(), 2);
    assert_eq!(json["data_units"]["D"]["labels"]["7"]["objects"][0]["shape"], "cuboid");
    let line = Polyline::new([Point::new(0.0, 0.0), Point::in_space(0.0, 0.0, 0.0)]);
    assert!(matches!(row.add("Line").coordinates(line).on(7), Err(EditError::Coordinates { .. })));
}
