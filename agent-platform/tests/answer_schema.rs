//! Schemas for language models, and the parsing of their answers.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use agent_platform::answer_schema::{AnswerError, AnswerSchema, AttributeSchema, ClassificationSchema, ObjectSchema};
use agent_platform::labels::{BoundingBox, EditError};
use agent_platform::ontology::Ontology;
use serde_json::{Value, json};
use test_support::made_up::{image, ontology, value, video};
use test_support::schema_answers::{CHANGES, Change, allows, answer, changed, parts};

/// Unusual ontologies: duplicate names, names that are invalid as members, attributes below options of a checklist,
/// archived items, a radio attribute without options.
const ODD: &str = r##"{"classifications": [
    {"id": "1", "featureNodeHash": "c1", "attributes": [{"id": "1.1", "name": "Kind", "type": "radio", "required": true,
      "featureNodeHash": "k1", "options": [
        {"id": "1.1.1", "label": "Other", "value": "other", "featureNodeHash": "o1"},
        {"id": "1.1.2", "label": "Other", "value": "other", "featureNodeHash": "o2"},
        {"id": "1.1.3", "label": "Gone", "value": "gone", "featureNodeHash": "o3", "archived": true}]}]},
    {"id": "2", "featureNodeHash": "c2", "attributes": [{"id": "2.1", "name": "kind", "type": "numeric", "required": false,
      "featureNodeHash": "k2"}]},
    {"id": "3", "featureNodeHash": "c3", "attributes": [{"id": "3.1", "name": "天气 \"?\"", "type": "checklist",
      "required": true, "featureNodeHash": "k3", "options": [
        {"id": "3.1.1", "label": "Wet", "value": "feature_node_hash", "featureNodeHash": "w1"},
        {"id": "3.1.2", "label": "Windy", "value": "windy", "featureNodeHash": "w2", "options": [
          {"id": "3.1.2.1", "name": "Title", "type": "text", "required": true, "featureNodeHash": "t1"},
          {"id": "3.1.2.2", "name": "Force", "type": "numeric", "required": false, "featureNodeHash": "f1"}]}]}]},
    {"id": "4", "featureNodeHash": "c4", "archived": true, "attributes": [{"id": "4.1", "name": "Old", "type": "text",
      "required": true, "featureNodeHash": "k4"}]},
    {"id": "5", "featureNodeHash": "c5", "attributes": [{"id": "5.1", "name": "Empty", "type": "radio", "required": true,
      "featureNodeHash": "k5"}]},
    {"id": "6", "featureNodeHash": "c6", "attributes": []}]}"##;

fn odd() -> Arc<Ontology> {
    Arc::new(Ontology::parse(ODD).unwrap())
}

fn schema_of(schema: &impl AnswerSchema) -> Value {
    serde_json::from_str(&schema.schema()).unwrap()
}

/// Asserts the requirements that both vendors' strict structured outputs have of a schema.
fn assert_strict(schema: &Value) {
    let mut all = Vec::new();
    parts(schema, &mut all);
    let known = ["type", "description", "properties", "required", "additionalProperties", "anyOf", "enum"];
    for part in all {
        assert!(part.as_object().unwrap().keys().all(|key| known.contains(&key.as_str())), "{part}");
        let Some(properties) = part["properties"].as_object() else { continue };
        assert_eq!(part["additionalProperties"], json!(false));
        let required: HashSet<&str> =
            part["required"].as_array().unwrap().iter().map(|key| key.as_str().unwrap()).collect();
        assert_eq!(required, properties.keys().map(String::as_str).collect());
        let fits = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
        assert!(properties.keys().all(|key| (1..=64).contains(&key.len()) && key.chars().all(fits)), "{properties:?}");
    }
    assert_eq!(schema["type"], "object", "the root is a union");
}

/// Asserts that the parser accepts exactly the answers that the schema allows. Exceptions are what schemas cannot
/// express.
fn assert_accepts_what_schema_allows<S: AnswerSchema>(schema: &S, counts: &mut BTreeMap<Change, usize>) {
    let (json, mut random) = (schema_of(schema), fastrand::Rng::with_seed(7));
    assert_strict(&json);
    for _ in 0..40 {
        let right = answer(&json, &json, &mut random, true);
        assert!(allows(&json, &right), "{right}");
        let taken = schema.parse(&right.to_string());
        assert!(taken.is_ok(), "{right}: {}", taken.err().unwrap());
        assert!(schema.parse(&right.to_string()[1..]).is_err());
        for change in CHANGES {
            let Some(wrong) = changed(&right, change, &mut random) else { continue };
            let expected = match change {
                Change::LongText => false,
                // Members that exist only to guide the model are optional.
                Change::NoTitle => true,
                // Blank text is rejected only where an answer is required, so both results are valid.
                Change::BlankText => continue,
                _ => allows(&json, &wrong),
            };
            let error = schema.parse(&wrong.to_string()).err();
            assert_eq!(error.is_none(), expected, "{change:?}: {wrong}: {error:?}");
            *counts.entry(change).or_default() += 1;
        }
    }
}

#[test]
fn parser_accepts_exactly_what_the_schema_allows() {
    let (ontology, odd, mut counts) = (ontology(), odd(), BTreeMap::new());
    assert_accepts_what_schema_allows(&ClassificationSchema::new(ontology.classifications()), &mut counts);
    assert_accepts_what_schema_allows(&ClassificationSchema::new(odd.classifications()), &mut counts);
    assert_accepts_what_schema_allows(&ObjectSchema::new(ontology.objects().take(3)), &mut counts);
    let class = ontology.object("Box").unwrap();
    assert_accepts_what_schema_allows(&AttributeSchema::new(class.attributes()), &mut counts);
    assert!(counts.len() == CHANGES.len() - 1 && counts.values().all(|count| *count > 10), "{counts:?}");
}

#[test]
fn schema_members_are_in_order_of_the_questions() {
    let ontology = ontology();
    let schema = AttributeSchema::new(ontology.object("Box").unwrap().attributes()).schema();
    let at = |text: &str| schema.find(text).unwrap_or_else(|| panic!("{text} in {schema}"));
    assert!(at(r#""note":"#) < at(r#""count":"#) && at(r#""count":"#) < at(r#""flags":"#));
    let special = at(r#"["0_spc"]"#);
    assert!(at(r#"["0_kind"]"#) < special && special < at(r#"["Special"]"#) && at(r#"["Special"]"#) < at(r#""why":"#));
    assert!(!schema.contains("aura"), "attributes of unknown types are omitted");
}

#[test]
fn adds_classifications_with_nested_attributes() {
    let (ontology, mut row) = (ontology(), video());
    let schema = ClassificationSchema::new(ontology.classifications());
    let rain = json!({"feature_node_hash": "rain", "value": "Drizzle"});
    let chosen = json!({"feature_node_hash": "rainy", "title": "Rainy", "rain": rain});
    let answer = json!({"weather": {"feature_node_hash": "weatherA", "choice": chosen},
                        "scene": {"feature_node_hash": "sceneA", "value": "A street."}});
    let added = schema.parse(&answer.to_string()).unwrap().classify(&mut row, 2..=4).unwrap();
    let json = value(&row);
    let weather = &json["classification_answers"][added[0].as_str()];
    assert_eq!((&weather["featureHash"], &weather["range"]), (&json!("weather"), &json!([[2, 4]])));
    let answers = json!([
        {"name": "Weather", "value": "weather", "featureHash": "weatherA", "manualAnnotation": true,
         "answers": [{"name": "Rainy", "value": "rainy", "featureHash": "rainy"}]},
        {"name": "Rain", "value": "rain", "featureHash": "rain", "manualAnnotation": true, "answers": "Drizzle"}]);
    assert_eq!(weather["classifications"], answers);
    // The class is global.
    assert_eq!(json["classification_answers"][added[1].as_str()]["range"], json!([]));
}

#[test]
fn rejected_classification_leaves_row_unchanged() {
    let (ontology, mut row) = (ontology(), video());
    row.classify("Scene", "Taken").on_all().unwrap();
    let (schema, before) = (ClassificationSchema::new(ontology.classifications()), row.to_json());
    let answer = r#"{"weather": {"feature_node_hash": "weatherA", "choice": {"feature_node_hash": "sunny"}},
                     "scene": {"feature_node_hash": "sceneA", "value": "Again"}}"#;
    let error = schema.parse(answer).unwrap().classify(&mut row, 0).unwrap_err();
    assert!(matches!(error, EditError::GlobalTwice { .. }), "{error}");
    assert_eq!(row.to_json(), before);
}

#[test]
fn dynamic_answers_apply_to_the_given_frames_only() {
    let (ontology, mut row) = (ontology(), video());
    let coordinates = BoundingBox { x: 0.1, y: 0.2, width: 0.3, height: 0.4 };
    let hash = row.add("Box").coordinates(coordinates).on_each(0..=9).unwrap().hash().to_owned();
    let schema = AttributeSchema::new(ontology.object("Box").unwrap().attributes());
    let answer = json!({
        "note": {"feature_node_hash": "0_note", "value": " "},
        "count": {"feature_node_hash": "0_cnt", "value": 3},
        "flags": {"feature_node_hash": "0_flag", "wet": true, "dirty": false, "old": true},
        "kind": {"feature_node_hash": "0_kind", "choice": {"feature_node_hash": "0_spc", "why": null}},
        "moving": {"feature_node_hash": "0_mov", "choice": "No"},
        "lights": null});
    let answers = schema.parse(&answer.to_string()).unwrap();
    let names: Vec<&str> = answers.iter().map(|answer| answer.name.as_str()).collect();
    assert_eq!(names, ["Count", "Flags", "Kind", "Moving"], "blank text and null are not answers");
    answers.answer(&mut row, &hash, 3).unwrap();
    let object = row.object(&hash).unwrap();
    assert_eq!(object.answer("Count").unwrap().as_number(), Some(3.0));
    assert!(object.answer("Flags").unwrap().has("Old") && !object.answer("Flags").unwrap().has("Dirty"));
    assert!(object.answer_at("Moving", 3).unwrap().has("No"));
    assert_eq!(object.answer_at("Moving", 4), None);
    let before = row.to_json();
    assert!(matches!(answers.answer(&mut row, &hash, 99), Err(EditError::FrameOutOfRange { .. })));
    assert_eq!(row.to_json(), before, "one invalid answer rejects all answers");
}

#[test]
fn adds_object_of_the_chosen_class() {
    let (ontology, mut row) = (ontology(), image());
    let schema = ObjectSchema::new(ontology.objects().filter(|class| ["Box", "Turned"].contains(&class.name())));
    let mut random = fastrand::Rng::with_seed(1);
    let json = schema_of(&schema);
    let answer = loop {
        let answer = answer(&json, &json, &mut random, true);
        if answer["choice"]["feature_node_hash"] == "class0" && answer["choice"]["count"].is_object() {
            break schema.parse(&answer.to_string()).unwrap();
        }
    };
    let hash = answer.add(&mut row).bounding_box(0.1, 0.1, 0.2, 0.2).on(0).unwrap().hash().to_owned();
    assert_eq!(row.object(&hash).unwrap().class().unwrap().name(), "Box");
    assert!(row.object(&hash).unwrap().answer("Count").unwrap().as_number().is_some());
}

#[test]
fn nested_attributes_of_dynamic_options_apply_to_every_frame() {
    let coin = r##"{"objects": [{"id": "1", "name": "Coin", "color": "#D33115", "shape": "bounding_box",
        "featureNodeHash": "coin", "attributes": [{"id": "1.1", "name": "Motion", "type": "radio", "required": false,
          "dynamic": true, "featureNodeHash": "motion", "options": [
            {"id": "1.1.1", "label": "Still", "value": "still", "featureNodeHash": "still"},
            {"id": "1.1.2", "label": "Hidden", "value": "hidden", "featureNodeHash": "hidden", "options": [
              {"id": "1.1.2.1", "name": "Behind", "type": "text", "required": false, "featureNodeHash": "behind"}]}]}]}]}"##;
    let ontology = Arc::new(Ontology::parse(coin).unwrap());
    let mut row = agent_platform::labels::LabelRow::parse(video().to_json(), ontology.clone()).unwrap();
    let schema = ObjectSchema::new(ontology.objects());
    let answer = json!({"choice": {"feature_node_hash": "coin", "title": "Coin", "motion": {"feature_node_hash": "motion",
        "choice": {"feature_node_hash": "hidden", "behind": {"feature_node_hash": "behind", "value": "The cup"}}}}});
    let answer = schema.parse(&answer.to_string()).unwrap();
    let hash = answer.add(&mut row).bounding_box(0.1, 0.1, 0.2, 0.2).on(3).unwrap().hash().to_owned();
    let row = row.object(&hash).unwrap();
    assert!(row.answer_at("Motion", 3).unwrap().has("Hidden"));
    assert_eq!((row.answer("Motion"), row.answer("Behind").unwrap().as_text()), (None, Some("The cup")));
}

#[test]
fn errors_name_the_path_of_the_invalid_member() {
    let (ontology, odd) = (ontology(), odd());
    let schema = ClassificationSchema::new(ontology.classifications());
    let cases = [
        ("[]", "the answer must be an object, not []"),
        (
            r#"{"weather": null, "scene": {"feature_node_hash": "sceneA"}}"#,
            "weather must be an object, not null; scene.value is missing",
        ),
        (
            r#"{"weather": {"feature_node_hash": "weatherA", "choice": {"feature_node_hash": "x"}}, "mood": 1}"#,
            "the answer has a member \"mood\" that was not asked for; weather.choice.feature_node_hash must be one of \
          \"sunny\" (Sunny), \"rainy\" (Rainy), not \"x\"; scene is missing",
        ),
        (
            r#"{"weather": {"feature_node_hash": "weatherA", "choice": {"feature_node_hash": "rainy", "rain": 3}},
             "scene": {"feature_node_hash": "sceneA", "value": ""}}"#,
            "weather.choice.rain must be an object, not 3; scene.value must not be empty",
        ),
    ];
    for (answer, error) in cases {
        assert_eq!(schema.parse(answer).unwrap_err().to_string(), error);
    }
    let cut_off = schema.parse(r#"{"weather": {"feature_no"#).unwrap_err();
    assert!(
        matches!(&cut_off, AnswerError::NotJson { problem } if problem.starts_with("EOF while parsing")),
        "{cut_off}"
    );
    let long = format!(r#"{{"weather": "{}", "scene": null}}"#, "y".repeat(100_000));
    assert!(schema.parse(&long).unwrap_err().to_string().len() < 200);
    let windy = r#"{"kind": {"feature_node_hash": "k1", "choice": "Other (2)"}, "kind_2": null, "attribute":
        {"feature_node_hash": "k3", "feature_node_hash_2": false, "windy": true}}"#;
    let error = ClassificationSchema::new(odd.classifications()).parse(windy).unwrap_err();
    assert_eq!(error.to_string(), "attribute.windy must be false or an object, not true");
}

#[test]
fn distinguishes_repeated_names_and_nested_options() {
    let (odd, row) = (odd(), image());
    let schema = ClassificationSchema::new(odd.classifications());
    let answer = json!({
        "kind": {"feature_node_hash": "k1", "choice": "Other (2)"},
        "kind_2": {"feature_node_hash": "k2", "value": -1.5},
        "attribute": {"feature_node_hash": "k3", "feature_node_hash_2": true, "windy": {
            "feature_node_hash": "w2", "title": "Windy", "title_2": {"feature_node_hash": "t1", "value": "Gusts"},
            "force": {"feature_node_hash": "f1", "value": 7}}}});
    let answers = schema.parse(&answer.to_string()).unwrap();
    let mut row = agent_platform::labels::LabelRow::parse(row.to_json(), odd.clone()).unwrap();
    let added = answers.classify(&mut row, 0).unwrap();
    let row = value(&row);
    let answered = |at: usize, of: usize| {
        row["classification_answers"][added[at].as_str()]["classifications"][of]["answers"].clone()
    };
    assert_eq!(answered(0, 0)[0]["featureHash"], "o2");
    assert_eq!(answered(1, 0), json!(-1.5));
    assert_eq!((&answered(2, 0)[0]["featureHash"], &answered(2, 0)[1]["featureHash"]), (&json!("w1"), &json!("w2")));
    assert_eq!((answered(2, 1), answered(2, 2)), (json!("Gusts"), json!(7)));
}

#[test]
fn reports_schemas_without_questions() {
    let odd = odd();
    let last = ["c4", "c5", "c6"].map(|class| odd.classification(class).unwrap());
    assert!(ClassificationSchema::new(last).is_empty());
    assert!(AttributeSchema::new([]).is_empty() && ObjectSchema::new([]).is_empty());
    assert!(!ClassificationSchema::new(odd.classifications()).is_empty());
}
