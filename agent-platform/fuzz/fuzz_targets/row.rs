//! Any text: a row that is read is written as it was, and reading or editing what is in it never panics.
//!
//! `RUSTC_BOOTSTRAP=1 cargo fuzz run row` in `agent-platform`.
#![no_main]

use std::sync::{Arc, LazyLock};

use agent_platform::labels::LabelRow;
use agent_platform::ontology::Ontology;
use libfuzzer_sys::fuzz_target;

static ONTOLOGY: LazyLock<Arc<Ontology>> = LazyLock::new(|| {
    let class = |shape: &str| {
        format!(
            r##"{{"id": "1", "name": "{shape}", "color": "#000000", "shape": "{shape}", "featureNodeHash": "{shape}", "attributes": [
            {{"id": "1.1", "name": "t", "type": "text", "featureNodeHash": "{shape}t", "required": false}},
            {{"id": "1.2", "name": "d", "type": "text", "featureNodeHash": "{shape}d", "required": false, "dynamic": true}}]}}"##
        )
    };
    let objects = ["bounding_box", "polygon", "skeleton", "bitmask", "segmentation", "audio"].map(class).join(",");
    let weather = r#"{"id": "1", "featureNodeHash": "c", "attributes": [{"id": "1.1", "name": "c", "type": "text", "featureNodeHash": "ct", "required": true}]}"#;
    let text = format!(r#"{{"objects": [{objects}], "classifications": [{weather}]}}"#);
    Arc::new(Ontology::parse(text).expect("the ontology is well-formed"))
});

fuzz_target!(|text: &str| {
    let Ok(mut row) = LabelRow::parse(text, ONTOLOGY.clone()) else { return };
    assert_eq!(row.to_json(), text);
    let hashes: Vec<String> = row.objects().map(|object| object.hash().to_owned()).collect();
    for object in row.objects() {
        let _ =
            (object.shape(), object.answers(), object.ranges(), object.html_ranges(None), object.dynamic_answers("d"));
        for placed in object.placements() {
            let _ = (placed.any_coordinates(), placed.created_at(), placed.confidence());
        }
    }
    for classification in row.classifications() {
        let _ = (classification.ranges(), classification.answers());
    }
    let _ = row.add("bounding_box").bounding_box(0.0, 0.0, 1.0, 1.0).on(0);
    let _ = row.classify("c", "x").on(0..=3);
    let _ = row.upgrade_classifications();
    for hash in hashes {
        let Ok(edit) = row.edit(&hash) else { continue };
        let _ = edit.answer("t", "x").and_then(|edit| edit.answer("d", "y"));
        let _ = row.edit(&hash).map(|edit| edit.copy().map(|copy| copy.delete()));
        let _ = row.delete(&hash);
    }
    LabelRow::parse(row.to_json(), ONTOLOGY.clone()).expect("an edited row is JSON");
});
