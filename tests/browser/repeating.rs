//! Repeating, previewing and editing calls of agents, and following their decisions.

use serde_json::json;

use crate::editor::Editor;
use crate::webdriver::{DELETE, DOWN, ENTER};
use test_support::label_editor::data::{IMAGE, VIDEO};

/// Returns the selected objects of the newest call.
async fn last_objects(editor: &Editor) -> serde_json::Value {
    editor.page("JSON.parse(state.calls[0].request.body).objectHashes").await
}

async fn until_calls(editor: &Editor, count: usize) {
    let script = format!("return document.querySelector('#tab-calls small')?.innerText === '{count}'");
    editor.browser.until("a call in the log", &script).await;
    editor.settled().await;
}

async fn click_in_changes(editor: &Editor, text: &str) {
    let script = format!(
        "const one = [...document.querySelectorAll('#panel-changes button')].find((one) => one.innerText === {}); \
         one?.click(); return one !== undefined",
        json!(text)
    );
    editor.browser.until(text, &script).await;
}

async fn click_in_log(editor: &Editor, text: &str) {
    let script = format!(
        "const one = [...document.querySelectorAll('#panel-calls button')].find((one) => one.innerText === {}); one?.click(); \
         return one !== undefined",
        json!(text)
    );
    editor.browser.until(text, &script).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn preview_draws_changes_and_saves_only_when_applied() {
    let editor = Editor::open(IMAGE).await;
    let browser = &editor.browser;
    let before = editor.row(IMAGE).to_json();
    for button in ["Discard", "Apply"] {
        editor.right_click(0.9, 0.4).await;
        editor.choose_way("/rearrange", "Preview").await;
        let changes = browser.until_text("#panel-changes", "nothing saved").await;
        assert!(changes.contains("1 added, 1 changed, 2 removed") && changes.contains("Tip 1"), "{changes}");
        assert_eq!(editor.row(IMAGE).to_json(), before);
        click_in_changes(&editor, button).await;
    }
    browser.until_text("#panel-changes", "Undo what the agent did").await;
    assert_ne!(editor.row(IMAGE).to_json(), before);
    assert_eq!(editor.page("state.calls.length").await, json!(2), "the agent does not run again");
    browser.press_with_control("z").await;
    browser.until_text(".toast", "Undone: Agent rearrange").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn preview_of_older_labels_is_not_applied() {
    let editor = Editor::open(IMAGE).await;
    let browser = &editor.browser;
    editor.right_click(0.9, 0.4).await;
    editor.choose_way("/rearrange", "Preview").await;
    browser.until_text("#panel-changes", "nothing saved").await;
    let add = |row: &mut agent_platform::labels::LabelRow| row.add("Tip").point(0.9, 0.9).on(0).map(drop);
    editor.world.studio.edit_as("other@example.test", IMAGE, add).unwrap();
    let now = editor.row(IMAGE).to_json();
    click_in_changes(&editor, "Apply").await;
    browser.until_text(".toast.bad", "saved these labels since").await;
    assert_eq!(editor.row(IMAGE).to_json(), now);
    browser.click(".toast.bad footer button").await;
    until_calls(&editor, 2).await;
    click_in_changes(&editor, "Apply").await;
    browser.until_text("#panel-changes", "Undo what the agent did").await;
    assert_ne!(editor.row(IMAGE).to_json(), now);
}

#[tokio::test(flavor = "multi_thread")]
async fn sends_last_call_again_by_key_and_from_log() {
    let editor = Editor::open(IMAGE).await;
    let browser = &editor.browser;
    editor.click(0.2, 0.25).await;
    browser.press(&["a"]).await;
    editor.choose("/long-message").await;
    until_calls(&editor, 1).await;
    assert_eq!(last_objects(&editor).await, json!(["FIELD/01"]));

    // For the objects that are selected now.
    editor.shift_click(0.5, 0.17).await;
    browser.press(&["r"]).await;
    until_calls(&editor, 2).await;
    assert_eq!(last_objects(&editor).await, json!(["FIELD/01", "FIELD+02"]));

    // Exactly as before, whatever is selected now.
    editor.click(0.2, 0.25).await;
    browser.press(&["R"]).await;
    until_calls(&editor, 3).await;
    assert_eq!(last_objects(&editor).await, json!(["FIELD/01", "FIELD+02"]));
    editor.click(0.2, 0.25).await;
    browser.click("#tab-calls").await;
    click_in_log(&editor, "Send for the selection").await;
    until_calls(&editor, 4).await;
    assert_eq!(last_objects(&editor).await, json!(["FIELD/01"]));
    browser.click("#tab-calls").await;
    click_in_log(&editor, "Send again").await;
    until_calls(&editor, 5).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sends_edited_payload_as_written() {
    let editor = Editor::open(IMAGE).await;
    let browser = &editor.browser;
    browser.press(&["a"]).await;
    editor.choose("/cut-out").await;
    until_calls(&editor, 1).await;
    browser.click("#tab-calls").await;
    click_in_log(&editor, "Edit and send").await;
    browser.until_text(".edit-payload", "Sent exactly as written.").await;
    let type_and_send = "const text = document.querySelector('.edit-payload textarea'); text.value = '{\"frame\": '; \
                         text.dispatchEvent(new Event('input')); return document.querySelector('.edit-payload .soft').innerText";
    let note = browser.run(type_and_send).await;
    assert!(note.as_str().unwrap().contains("not JSON"), "{note}");
    browser.click(".edit-payload button.main").await;
    browser.until_text(".toast.bad", "HTTP 400").await;
    assert_eq!(editor.page("state.calls[0].request.body").await, json!("{\"frame\": "));
}

#[tokio::test(flavor = "multi_thread")]
async fn menu_filters_and_walks_agents_with_the_keyboard() {
    let editor = Editor::open(IMAGE).await;
    let browser = &editor.browser;
    let focused = "return document.activeElement.dataset.agent ?? document.activeElement.getAttribute('aria-label')";
    browser.press(&["a"]).await;
    browser.until_text(".agents", "simplify_polygons").await;
    assert_eq!(browser.run(focused).await, json!("Find an agent"));
    // Down goes from agent to agent, not through the other ways of a call.
    browser.press(&[DOWN]).await;
    let first = browser.run(focused).await;
    browser.press(&[DOWN]).await;
    let second = browser.run(focused).await;
    assert!(first != second && second.as_str().unwrap().starts_with('/'), "{first} {second}");
    browser.until("a description", "return document.querySelector('.agent-detail p').innerText.length > 10").await;
    // Letters filter, Enter triggers the first agent that is found.
    browser.press(&["c", "u", "t"]).await;
    browser.until("one agent", "return document.querySelectorAll('.agents .agent').length === 1").await;
    browser.press(&[ENTER]).await;
    until_calls(&editor, 1).await;
    assert_eq!(editor.page("state.calls[0].agent.path").await, json!("/cut-out"));

    browser.press(&["a"]).await;
    browser.until_text(".agents section", "Recent").await;
    let recent = "return document.querySelector('.agents .agent-name').dataset.agent";
    assert_eq!(browser.run(recent).await, json!("/cut-out"));
}

#[tokio::test(flavor = "multi_thread")]
async fn menu_does_not_cover_the_selected_object() {
    let editor = Editor::open(IMAGE).await;
    editor.right_click(0.2, 0.25).await;
    let shown = editor
        .page(
            "(() => { const shape = stage.shape('FIELD/01').box; const canvas = stage.canvas.getBoundingClientRect(); \
             const menu = document.querySelector('.agent-menu').getBoundingClientRect(); \
             const [left, top] = viewport.toScreen(shape[0], shape[1]); const [right, bottom] = viewport.toScreen(shape[2], shape[3]); \
             return menu.right <= canvas.x + left || menu.left >= canvas.x + right || menu.bottom <= canvas.y + top || menu.top >= canvas.y + bottom; })()",
        )
        .await;
    assert_eq!(shown, json!(true));
}

#[tokio::test(flavor = "multi_thread")]
async fn decision_is_compared_with_the_pathways_and_followed() {
    let editor = Editor::open(VIDEO).await;
    let browser = &editor.browser;
    browser.press(&["a"]).await;
    editor.choose("/ponder").await;
    let decision = browser.until_text(".toast.good .decision", "To review").await;
    assert!(
        decision.contains("Stage Agent 1 has no pathway of this name") && decision.contains("review, complete"),
        "{decision}"
    );
    browser.press(&["a"]).await;
    editor.choose("/route").await;
    browser.until_text(".toast.good", "For review.").await;
    browser.click(".toast.good .decision button").await;
    browser.until_text(".toast", "The task is in stage Review 1 now").await;

    // The task has left the stage of the agent.
    browser.press(&["a"]).await;
    editor.choose("/ponder").await;
    browser.until_text(".toast.good .decision", "where the platform runs no agent").await;
    browser.click("#tab-tasks").await;
    browser.until_text("#panel-tasks .panel-head", "In stage Review 1").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn task_is_submitted_and_the_next_one_opened() {
    let editor = Editor::open(IMAGE).await;
    let browser = &editor.browser;
    browser.click("#tab-tasks").await;
    browser.click("#panel-tasks .panel-head button.main").await;
    browser.until_text("#panel-tasks .panel-head", "In stage Agent 1").await;
    browser.until_text("#data [aria-current=true]", "Agent 1").await;
    browser.press(&["t"]).await;
    browser.until_text("#data [aria-current=true]", "squares.webm").await;
    editor.settled().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_history_survives_a_change_of_data() {
    let editor = Editor::open(IMAGE).await;
    let browser = &editor.browser;
    let before = editor.row(IMAGE).objects().count();
    editor.click(0.2, 0.25).await;
    browser.press(&[DELETE]).await;
    editor.until_step("Delete Field").await;
    editor.choose_data(VIDEO).await;
    editor.choose_data(IMAGE).await;
    editor.until_step("Delete Field").await;
    browser.press_with_control("z").await;
    browser.until_text(".toast", "Undone: Delete Field").await;
    assert_eq!(editor.row(IMAGE).objects().count(), before);
}
