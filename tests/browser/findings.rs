//! Findings of agents: the list, the pins, walking through them, and links to objects in messages.

use serde_json::{Value, json};

use crate::editor::Editor;
use test_support::label_editor::data::{IMAGE, VIDEO};

/// Calls the validator of the tests, and waits for the list.
async fn validate(editor: &Editor) {
    editor.browser.press(&["a"]).await;
    editor.choose("/find-problems").await;
    editor.browser.until_text(".toast", "find_problems").await;
    editor.settled().await;
    editor.browser.run("document.querySelectorAll('.toast header button').forEach((one) => one.click())").await;
}

/// Waits until the finding of this index is selected.
async fn until_current(editor: &Editor, at: usize) {
    let script = format!(
        "return document.querySelector('.findings [aria-current=true] [data-finding]')?.dataset.finding === '{at}'"
    );
    editor.browser.until(&format!("finding {at}"), &script).await;
    editor.settled().await;
}

async fn selected(editor: &Editor) -> Value {
    editor.page("[...state.selection].map((hash) => { const one = state.labels.objects.get(hash); return `${one.name} ${one.number}`; })").await
}

async fn scale(editor: &Editor) -> f64 {
    editor.page("viewport.view.scale").await.as_f64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_findings_and_walks_through_them() {
    let editor = Editor::open(IMAGE).await;
    let browser = &editor.browser;
    validate(&editor).await;
    let list = browser.until_text("#panel-findings", "4 open").await;
    for part in ["Error", "Tip 1 is alone.", "Tip 2", "Field 1 is rough", "Note", "at 0.90, 0.10"] {
        assert!(list.contains(part), "{part}\n{list}");
    }
    let whole = scale(&editor).await;
    browser.press(&["n"]).await;
    until_current(&editor, 0).await;
    assert_eq!(selected(&editor).await, json!(["Tip 1"]));
    assert!(scale(&editor).await > whole * 1.5, "no zoom to the object");
    browser.press(&["n"]).await;
    until_current(&editor, 1).await;
    assert_eq!(selected(&editor).await, json!(["Tip 2"]));
    browser.press(&["N"]).await;
    until_current(&editor, 0).await;
    browser.press(&["N"]).await;
    until_current(&editor, 3).await;
    assert_eq!(selected(&editor).await, json!([]));
    // The pin of the place is painted above its tip.
    let (x, y) = editor.place(0.9, 0.1).await;
    let [red, _, blue] = browser.colour_at((x - 9, y - 18)).await;
    assert!(blue > red + 60, "no pin: {red} {blue}");
    browser.press(&["p"]).await;
    assert_eq!(editor.page("state.tool").await, json!("polygon"), "P draws while findings are shown");
    assert!(browser.console().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn finding_that_is_gone_is_resolved() {
    let editor = Editor::open(IMAGE).await;
    let browser = &editor.browser;
    validate(&editor).await;
    browser.click("[data-finding='0']").await;
    until_current(&editor, 0).await;
    browser.run("document.querySelector('#stage canvas').focus()").await;
    browser.press(&["\u{e017}"]).await;
    editor.until_step("Delete Tip").await;
    validate(&editor).await;
    let list = browser.until_text("#panel-findings", "3 open").await;
    assert!(list.contains("1 resolved"), "{list}");
    assert!(browser.until_text(".findings .resolved", "Tip 1 is alone.").await.contains("Error"));
    // A mark of the user takes a finding out of the walk.
    browser.click(".findings input[aria-label='Resolved: Tip 2 is alone.']").await;
    browser.until_text("#panel-findings", "2 open").await;
    browser.press(&["n"]).await;
    until_current(&editor, 1).await;
    assert_eq!(selected(&editor).await, json!(["Field 1"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn finding_on_other_frames_goes_there() {
    let editor = Editor::open(VIDEO).await;
    validate(&editor).await;
    let list = editor.browser.until_text("#panel-findings", "Vehicle 2 is missing.").await;
    assert!(list.contains("frame 7–11"), "{list}");
    editor.browser.click("[data-finding='0']").await;
    until_current(&editor, 0).await;
    assert_eq!(editor.page("state.shownFrame").await, json!(7));
}

#[tokio::test(flavor = "multi_thread")]
async fn names_and_hashes_in_messages_are_links() {
    let editor = Editor::open(IMAGE).await;
    let browser = &editor.browser;
    browser.press(&["a"]).await;
    editor.choose("/find-problems").await;
    browser.until_text(".toast .message", "2 errors, 1 warning, 1 note: Tip 1 is alone").await;
    let links = browser.run("return [...document.querySelectorAll('.toast .link')].map((one) => one.innerText)").await;
    assert_eq!(links, json!(["Tip 1", "Tip 2", "Field 1", "FIELD/01"]));
    let whole = scale(&editor).await;
    browser.click(".toast .link[data-object='FIELD/01']").await;
    browser.until("the selection", "return document.querySelector('#panel-findings').hidden === false").await;
    assert_eq!(selected(&editor).await, json!(["Field 1"]));
    assert!(scale(&editor).await > whole, "no zoom to the object");
}
