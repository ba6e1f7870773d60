//! Keyboard focus and text entry.

use serde_json::json;

use crate::editor::Editor;
use crate::webdriver::{DOWN, ENTER, TAB};
use test_support::label_editor::data::{GROUP, IMAGE, VIDEO};

/// Returns the label of the focused element.
async fn focused(editor: &Editor) -> String {
    let script = "const one = document.activeElement; return one.getAttribute('aria-label') ?? one.dataset.hash ?? one.textContent.trim() ?? one.tagName";
    editor.browser.run(script).await.as_str().unwrap_or_default().to_owned()
}

async fn focus(editor: &Editor, selector: &str) {
    let script = format!(
        "const one = document.querySelector({}); one?.focus(); return document.activeElement === one && one !== null",
        json!(selector)
    );
    editor.browser.until(selector, &script).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keeps_focus_order_while_answers_are_saved() {
    let editor = Editor::open(VIDEO).await;
    let browser = &editor.browser;
    browser.click(".objects [data-hash='SQUARE01']").await;
    focus(&editor, ".selection select[aria-label=Colour]").await;
    // A select keeps focus and value when it is changed.
    browser.press(&[DOWN, DOWN, DOWN]).await;
    editor.until_step("Answer Colour").await;
    browser
        .until("the field below the option", "return document.querySelector('[aria-label=\"Which colour\"]') !== null")
        .await;
    assert_eq!(focused(&editor).await, "Colour");
    browser.press(&[TAB]).await;
    assert_eq!(focused(&editor).await, "Which colour");
    browser.press(&["g", "r", "e", "y", TAB]).await;
    editor.until_step("Answer Which colour").await;
    let focused_now = browser.run("return document.activeElement.closest('.checklist') !== null").await;
    assert_eq!(focused_now, json!(true), "the focus after Tab is on: {}", focused(&editor).await);
    assert_eq!(editor.row(VIDEO).object("SQUARE01").unwrap().answer("Which colour").unwrap().as_text(), Some("grey"));
}

#[tokio::test(flavor = "multi_thread")]
async fn keeps_text_entered_during_save() {
    let editor = Editor::open(VIDEO).await;
    let browser = &editor.browser;
    browser.click(".objects [data-hash='SQUARE01']").await;
    focus(&editor, ".selection input[aria-label=Seats]").await;
    browser.press(&["4"]).await;
    // A save by somebody else is loaded while the number is being entered.
    let add = |row: &mut agent_platform::labels::LabelRow| row.add("Tip").point(0.9, 0.9).on(0).map(drop);
    editor.world.studio.edit_as("other@example.test", VIDEO, add).unwrap();
    browser.until_text(".toast", "saved elsewhere").await;
    browser.press(&["2", ENTER]).await;
    editor.until_step("Answer Seats").await;
    assert_eq!(editor.row(VIDEO).object("SQUARE01").unwrap().answer("Seats").unwrap().as_number(), Some(42.0));
}

#[tokio::test(flavor = "multi_thread")]
async fn keeps_focus_when_classification_is_added() {
    let editor = Editor::open(GROUP).await;
    let browser = &editor.browser;
    focus(&editor, ".classifications select[aria-label=Weather]").await;
    browser.press(&[DOWN]).await;
    editor.until_step("Classify Weather").await;
    assert_eq!(focused(&editor).await, "Weather");
    browser.press(&[DOWN]).await;
    editor.until_step("Answer Weather").await;
    assert_eq!(focused(&editor).await, "Weather");
    let row = editor.row(GROUP);
    assert!(
        row.classifications().count() == 1
            && row.classifications().next().unwrap().answer("Weather").unwrap().has("Rainy")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn keeps_focus_when_list_is_rendered_again() {
    let editor = Editor::open(IMAGE).await;
    let browser = &editor.browser;
    focus(&editor, &format!("#data [data-hash='{GROUP}']")).await;
    browser.press(&[ENTER]).await;
    browser.until_text("#data [aria-current=true]", "walk").await;
    editor.settled().await;
    assert_eq!(focused(&editor).await, GROUP);
}

#[tokio::test(flavor = "multi_thread")]
async fn moves_focus_to_stage_when_element_is_removed() {
    let editor = Editor::open(IMAGE).await;
    let browser = &editor.browser;
    browser.click(".objects [data-hash='FIELD/01']").await;
    browser.until_text(".selection", "FIELD/01").await;
    browser.run("document.querySelector('.selection .actions button').focus()").await;
    browser.press(&[ENTER]).await;
    editor.until_step("Delete Field").await;
    assert_eq!(browser.run("return document.activeElement.tagName").await, json!("CANVAS"));
}

#[tokio::test(flavor = "multi_thread")]
async fn saves_call_as_test_with_the_keyboard() {
    let editor = Editor::open(IMAGE).await;
    let browser = &editor.browser;
    editor.right_click(0.9, 0.4).await;
    editor.choose("/rearrange").await;
    browser.until_text(".toast.good", "The frame is rearranged.").await;
    browser.click("#tab-calls").await;
    focus(&editor, ".save-case input").await;
    let name = browser.run("return document.activeElement.value").await.as_str().unwrap().to_owned();
    assert!(name.starts_with("rearrange-"), "{name}");
    browser.press(&[TAB]).await;
    assert_eq!(focused(&editor).await, "Save as test");
    browser.press(&[ENTER]).await;
    let folder = editor.world.cases.path().join(&name);
    browser.until_text(".toast.good", &folder.display().to_string()).await;
    let read = |file: &str| -> serde_json::Value {
        serde_json::from_str(&std::fs::read_to_string(folder.join(file)).unwrap()).unwrap()
    };
    assert_eq!(read("response.json")["body"]["message"], "The frame is rearranged.");
    let changes = read("changes.json")["changes"].as_array().unwrap().clone();
    assert!(changes.iter().any(|change| change["class"] == "Vehicle" && change["instance"] == "added"), "{changes:?}");
    assert!(changes.iter().any(|change| change["class"] == "Tip" && change["kind"] == "removed"), "{changes:?}");
    assert!(read("row.json").to_string().contains("Tip"), "the labels before the call");

    // The name is taken now.
    browser.press(&[ENTER]).await;
    browser.until_text(".toast.bad", "already exists").await;
}
