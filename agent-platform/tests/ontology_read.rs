//! Ontologies: look-ups, nesting, and unknown parts.

use agent_platform::hash::FeatureHash;
use agent_platform::ontology::{AttributeType, Ontology, OntologyError, OntologyItem, Shape};
use test_support::made_up::{ontology, ontology_json};

#[test]
fn finds_classes_and_attributes() {
    let ontology = ontology();
    assert_eq!(ontology.object("Area").unwrap().feature_hash(), "class2");
    assert_eq!(ontology.object("class2").unwrap().name(), "Area");
    assert!(ontology.object("weather").is_none(), "a classification is not an object class");
    assert_eq!(ontology.classification("Weather").unwrap().feature_hash(), "weather");
    assert!(ontology.classification("Scene").unwrap().is_global());
    assert_eq!(ontology.objects_of(&Shape::Polygon).count(), 1);
    assert_eq!(ontology.attributes_of(&AttributeType::Numeric).len(), 16);
    assert_eq!(ontology.attributes_of(&AttributeType::Text).len(), 16 * 2 + 2, "including nested attributes");
    assert!(ontology.find("nothing").is_none());
}

#[test]
fn finds_items_by_path() {
    let ontology = ontology();
    let hash = |path: &[&str]| ontology.by_path(path).map(|item| item.feature_hash().as_str());
    assert_eq!(hash(&["Area"]), Some("class2"));
    assert_eq!(hash(&["Area", "Kind", "Special", "Why"]), Some("2_why"));
    assert_eq!(hash(&["Weather", "Weather", "Rainy"]), Some("rainy"));
    assert_eq!(hash(&["Weather", "Rainy", "Rain"]), Some("rain"), "the class is optional in a path");
    assert_eq!(hash(&["Area", "Kind", "Odd"]), None);
    assert_eq!(hash(&[]), None);
    assert!(
        matches!(ontology.by_path(&["Box", "Flags", "Wet"]), Some(OntologyItem::Choice(option)) if option.label() == "Wet")
    );
}

#[test]
fn reads_nested_and_dynamic_attributes() {
    let ontology = ontology();
    let why = ontology.attribute("2_why").unwrap();
    assert_eq!(
        (why.parent_option().map(FeatureHash::as_str), why.class_feature_hash().as_str()),
        (Some("2_spc"), "class2")
    );
    assert!(ontology.attribute("2_mov").unwrap().is_dynamic() && !why.is_dynamic());
    assert_eq!(ontology.option("2_spc").unwrap().attributes().next().unwrap().name(), "Why");
    assert_eq!(ontology.option("2_spc").unwrap().attribute_feature_hash(), "2_kind");
    assert!(ontology.attribute("2_kind").unwrap().option("special").is_some(), "an option is found by its value");
}

#[test]
fn reads_skeleton_templates() {
    let ontology = ontology();
    let template = ontology.skeleton_template(ontology.object("Body").unwrap()).unwrap();
    assert_eq!(template.vertex("vtxFOOT0").unwrap().name, "foot");
    assert_eq!(template.edges()[0].to, "1");
    assert!(ontology.skeleton_template(ontology.object("Box").unwrap()).is_none());
    assert!(ontology.skeleton_templates().iter().any(|other| other == template));
}

#[test]
fn keeps_unknown_parts() {
    let ontology = ontology();
    assert_eq!(ontology.object("Blob").unwrap().shape(), &Shape::Unknown("hologram".into()));
    let aura = ontology.attribute("0_aura").unwrap();
    assert_eq!(aura.attribute_type(), &AttributeType::Unknown("telepathic".into()));
    assert_eq!(ontology.json(), ontology_json());
}

#[test]
fn parses_the_response_of_the_platform() {
    let text = format!(r#"{{"ontologyUuid": "u", "title": "t", "editor": {}}}"#, ontology_json());
    let ontology = Ontology::parse(text).unwrap();
    assert_eq!((ontology.ontology_hash(), ontology.title()), (Some("u"), Some("t")));
    assert_eq!(ontology.objects().count(), 16);
}

#[test]
fn names_missing_and_invalid_parts() {
    let missing = Ontology::parse(
        r#"{"objects": [{"shape": "point", "featureNodeHash": "a", "attributes": [{"type": "text"}]}]}"#,
    );
    let Err(OntologyError::Missing { path, what }) = missing else { panic!("{missing:?}") };
    assert_eq!((path.as_str(), what), ("objects[0].attributes[0]", "featureNodeHash"));
    assert!(matches!(Ontology::parse("{"), Err(OntologyError::Json(_))));
    for other in ["{}", "[]", "null", r#"{"status": 500, "response": []}"#, r#"{"editor": {}}"#] {
        let error = Ontology::parse(other).unwrap_err();
        assert!(matches!(&error, OntologyError::Missing { what: "objects", .. }), "{other}: {error}");
    }
    assert!(Ontology::parse(r#"{"editor": {"objects": []}}"#).is_ok());
    let nested = format!("{}{}", r#"{"a":"#.repeat(200), "1".to_owned() + &"}".repeat(200));
    assert!(matches!(Ontology::parse(nested), Err(OntologyError::Json(_))), "nesting is limited");
}
