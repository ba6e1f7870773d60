//! Fields of attributes: dynamic answers over ranges, long texts, and options that the ontology no longer offers.

use agent_platform::labels::LabelRow;
use agent_studio::{DataSource, ProjectSource};
use serde_json::{Value, json};

use crate::editor::Editor;
use crate::webdriver::RIGHT;
use test_support::label_editor::data::{self, IMAGE, VIDEO};

/// Returns the text of the stretches of the dynamic attribute, in order.
async fn stretches(editor: &Editor) -> Value {
    let script = "return [...document.querySelectorAll('.answer-ranges li')].map((one) => one.querySelector('button').innerText)";
    editor.browser.run(script).await
}

#[tokio::test(flavor = "multi_thread")]
async fn dynamic_answer_is_given_over_range_of_frames() {
    let editor = Editor::open(VIDEO).await;
    let browser = &editor.browser;
    browser.click(".objects [data-hash='SQUARE01']").await;
    browser.until_text(".answer-ranges", "2–9 Yes").await;
    // The frames follow the displayed frame until they are entered.
    browser.press(&[RIGHT]).await;
    browser.until("frame 1", "return document.querySelector(\"[aria-label='Moving from frame']\").value === '1'").await;
    browser.fill("[aria-label='Moving from frame']", "4").await;
    browser.fill("[aria-label='Moving to frame']", "6").await;
    browser.fill(".selection select[aria-label=Moving]", "opNO0001").await;
    editor.until_step("Answer Moving").await;
    assert_eq!(stretches(&editor).await, json!(["2–3 Yes", "4–6 No", "7–9 Yes"]));
    let row = editor.row(VIDEO);
    let answer = |frame: u64| row.object("SQUARE01").unwrap().answer_at("Moving", frame);
    assert!(answer(6).unwrap().has("No") && answer(7).unwrap().has("Yes") && answer(1).is_none());

    browser.click("[aria-label='Remove the answer Yes on 7–9']").await;
    browser.until("two stretches", "return document.querySelectorAll('.answer-ranges li').length === 2").await;
    editor.settled().await;
    assert_eq!(editor.row(VIDEO).object("SQUARE01").unwrap().answer_at("Moving", 8), None);
    // Every frame of the object.
    browser.click(".answer-ranges p button").await;
    browser.fill(".selection select[aria-label=Moving]", "opYES001").await;
    browser.until_text(".answer-ranges", "0–11 Yes").await;
    assert!(browser.console().await.is_empty());
}

const BOXES: &str = "return [...document.querySelectorAll('.selection .checklist label')].map((one) => `${one.innerText} ${one.querySelector('input').checked}`)";

#[tokio::test(flavor = "multi_thread")]
async fn archived_option_is_shown_and_kept() {
    let editor = Editor::open(VIDEO).await;
    let browser = &editor.browser;
    browser.click(".objects [data-hash='SQUARE01']").await;
    browser.until_text(".selection", "Scratched").await;
    assert_eq!(browser.run(BOXES).await, json!(["Scratched false", "Dented false"]));
    let burn = |row: &mut LabelRow| row.edit("SQUARE01")?.answer("Damage", ["Burnt", "Dented"]).map(drop);
    editor.world.studio.edit_as("other@example.test", VIDEO, burn).unwrap();
    browser.until_text(".selection .checklist", "Burnt (archived)").await;
    assert_eq!(browser.run(BOXES).await, json!(["Scratched false", "Dented true", "Burnt (archived) true"]));
    browser.click(".selection .checklist label:first-child input").await;
    editor.until_step("Answer Damage").await;
    let answer = editor.row(VIDEO).object("SQUARE01").unwrap().answer("Damage").unwrap();
    assert!(answer.has("Scratched") && answer.has("Burnt"), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_options_and_attributes_are_shown() {
    let answer = |name: &str, hash: &str, answers: Value| json!({ "name": name, "value": name, "featureHash": hash, "answers": answers, "manualAnnotation": true });
    let option = |name: &str, hash: &str| json!([{ "name": name, "value": name, "featureHash": hash }]);
    let entry = json!({ "objectHash": "CAR00001", "featureHash": "ob/BOX+1", "name": "Vehicle", "color": "#D33115", "shape": "bounding_box",
        "value": "vehicle", "confidence": 1.0, "manualAnnotation": true, "boundingBox": { "x": 0.1, "y": 0.1, "w": 0.3, "h": 0.3 } });
    let answers = json!([
        answer("Colour", "atCOLO01", option("Violet", "opGONE01")),
        answer("Damage", "atDAMA01", option("Bent", "opGONE02")),
        answer("Owner", "atGONE01", json!("Ada")),
    ]);
    let row = json!({ "label_hash": "cccc1111-0000-4000-8000-000000000001", "branch_name": "main", "created_at": "2026-11-21 19:40:52",
        "last_edited_at": "2026-11-21 19:40:52", "dataset_hash": "cccc2222-0000-4000-8000-000000000001", "dataset_title": "Old", "data_hash": IMAGE,
        "data_title": "old.bmp", "data_type": "image", "annotation_task_status": "QUEUED", "is_shadow_data": false,
        "label_status": "LABEL_IN_PROGRESS", "object_answers": { "CAR00001": { "objectHash": "CAR00001", "classifications": answers } },
        "classification_answers": {}, "object_actions": {}, "spaces": {},
        "data_units": { IMAGE: { "data_hash": IMAGE, "data_title": "old.bmp", "data_type": "image/bmp", "data_sequence": 0, "width": 640,
            "height": 480, "labels": { "objects": [entry], "classifications": [] }, "data_link": "old.bmp" } } });
    let old = DataSource::image("old.bmp", 640, 480).data_hash(IMAGE).bytes(data::picture(640, 480, 0));
    let project = ProjectSource::new("Streets", data::ONTOLOGY).project_hash(data::PROJECT);
    let editor = Editor::start(vec![project.data(old.label_row("main", row.to_string()))]).await;
    editor.go(IMAGE).await;
    let browser = &editor.browser;
    editor.click(0.2, 0.2).await;
    browser.until_text(".selection", "Owner").await;
    let colour = "return document.querySelector('.selection select[aria-label=Colour]').selectedOptions[0].innerText";
    assert_eq!(browser.run(colour).await, "Violet (unknown)");
    assert_eq!(browser.run(BOXES).await, json!(["Scratched false", "Dented false", "Bent (unknown) true"]));
    let unknown = browser.run("return document.querySelector('.selection .unknown').innerText").await;
    assert!(unknown.as_str().unwrap().contains("Ada"), "{unknown}");
    assert!(browser.console().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn text_field_grows_with_its_text() {
    let editor = Editor::open(VIDEO).await;
    let browser = &editor.browser;
    let field = ".classifications .unanswered textarea[aria-label=Note]";
    let height = format!("return document.querySelector({}).offsetHeight", json!(field));
    let one_line = browser.run(&height).await.as_i64().unwrap();
    browser.run(&format!("document.querySelector({}).focus()", json!(field))).await;
    // Enter begins a line; Ctrl+Enter saves.
    browser.press(&["a", "\u{e007}", "b", "\u{e007}", "c"]).await;
    assert!(browser.run(&height).await.as_i64().unwrap() > one_line + 20);
    browser.press_with_control("\u{e007}").await;
    editor.until_step("Classify Note").await;
    let row = editor.row(VIDEO);
    let note = row.classifications().find_map(|one| one.answer("Note")).unwrap();
    assert_eq!(note.as_text(), Some("a\nb\nc"));
    assert_eq!(browser.run("return document.activeElement.tagName").await, "TEXTAREA");
}
