//! Any text: an ontology that is read is kept as it was, and looking things up in it never panics.
//!
//! `fuzz/run`, or `cargo fuzz run --sanitizer none ontology` in `agent-platform`.
#![no_main]

use agent_platform::ontology::{AttributeType, Ontology};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(ontology) = Ontology::parse(text) else { return };
    assert_eq!(ontology.json(), text);
    for class in ontology.objects() {
        let _ = (ontology.object(class.name()), ontology.find(class.feature_hash()), ontology.skeleton_template(class));
        for attribute in class.attributes() {
            let _ = ontology.by_path(&[class.name(), attribute.name()]);
        }
    }
    for class in ontology.classifications() {
        let _ = (ontology.classification(class.name()), ontology.find(class.feature_hash()), class.is_global());
        for attribute in class.attributes() {
            for option in attribute.options() {
                let _ = (attribute.option(option.label()), ontology.option(option.feature_hash()));
            }
        }
    }
    let _ = ontology.attributes_of(&AttributeType::Text);
});
