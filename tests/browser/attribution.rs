//! Attribution of changes to agents, and the report of a call.

use agent_platform::labels::LabelRow;
use serde_json::json;

use crate::editor::Editor;
use crate::webdriver::DELETE;
use test_support::label_editor::data::{GROUP, IMAGE};

fn add_tip(row: &mut LabelRow) -> Result<(), agent_platform::labels::EditError> {
    row.add("Tip").point(0.9, 0.9).number(9).on(0).map(drop)
}

/// Triggers the waiting agent, and returns when the call is running.
async fn call_waiting_agent(editor: &Editor) {
    editor.browser.press(&["a"]).await;
    editor.choose("/wait").await;
    editor.browser.until_text("#progress", "Calling wait").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn data_opened_during_a_call_gets_no_difference() {
    let editor = Editor::open(IMAGE).await;
    let browser = &editor.browser;
    call_waiting_agent(&editor).await;
    browser.click(&format!("#data [data-hash='{GROUP}']")).await;
    browser.until_text("#data [aria-current=true]", "walk").await;
    editor.world.studio.edit_as("agent@example.test", IMAGE, add_tip).unwrap();
    editor.world.gate.open();
    let toast = browser.until_text(".toast.good", "The gate was opened.").await;
    assert!(toast.contains("every-shape.bmp") && toast.contains("1 added") && !toast.contains("Undo"), "{toast}");
    editor.settled().await;
    assert_eq!(
        editor.page("[state.data.dataHash, state.difference, state.labels.objects.size]").await,
        json!([GROUP, null, 0])
    );
    assert_eq!(editor.row(IMAGE).objects().count(), 14);

    // The difference is shown on its own data.
    browser
        .run("[...document.querySelectorAll('.toast button')].find((one) => one.innerText === 'Show changes').click()")
        .await;
    browser.until_text("#panel-changes", "1 added").await;
    assert_eq!(editor.page("state.data.dataHash").await, json!(IMAGE));
}

#[tokio::test(flavor = "multi_thread")]
async fn own_edits_are_not_attributed_to_agent() {
    let editor = Editor::open(IMAGE).await;
    let browser = &editor.browser;
    call_waiting_agent(&editor).await;
    browser.click(".objects [data-hash='FIELD/01']").await;
    browser.press(&[DELETE]).await;
    browser
        .until("the step", "return document.querySelector('[aria-label=Undo]').title.startsWith('Undo: Delete Field')")
        .await;
    editor.world.studio.edit_as("agent@example.test", IMAGE, add_tip).unwrap();
    editor.world.gate.open();
    let toast = browser.until_text(".toast.good", "The gate was opened.").await;
    assert!(toast.contains("1 added") && !toast.contains("removed"), "{toast}");
    let changes = browser.until_text("#panel-changes", "1 added").await;
    assert!(!changes.contains("Field"), "{changes}");

    // Undo reverts the agent's change, and keeps the user's edit.
    browser.click("#panel-changes .panel-head button.main").await;
    browser.until_text(".toast", "Undone: Agent wait").await;
    editor.until_step("Delete Field").await;
    let row = editor.row(IMAGE);
    assert!(row.objects().count() == 12 && row.object("FIELD/01").is_err(), "{}", row.objects().count());
}

#[tokio::test(flavor = "multi_thread")]
async fn change_read_before_response_is_attributed_to_agent() {
    let editor = Editor::open(IMAGE).await;
    let browser = &editor.browser;
    call_waiting_agent(&editor).await;
    editor.world.studio.edit_as("agent@example.test", IMAGE, add_tip).unwrap();
    // The own edit is rejected, because its version is outdated, and the page loads the agent's save.
    browser.click(".objects [data-hash='FIELD/01']").await;
    browser.press(&[DELETE]).await;
    browser.until_text(".toast.bad", "The page shows what is there now.").await;
    editor.world.gate.open();
    let toast = browser.until_text(".toast.good", "The gate was opened.").await;
    assert!(toast.contains("1 added") && !toast.contains("removed"), "{toast}");
    browser.until_text("#panel-changes", "Tip 9").await;
    assert_eq!(editor.row(IMAGE).objects().count(), 14);
}

#[tokio::test(flavor = "multi_thread")]
async fn edit_is_saved_on_its_own_data() {
    let editor = Editor::open(IMAGE).await;
    let both = format!(
        "Promise.all([import('/page/modules/edits.js'), import('/page/modules/open.js')]).then(([{{ edit }}, {{ openData }}]) => \
         Promise.all([edit('Delete', [{{ edit: 'deleteObject', objectHash: 'FIELD/01' }}]), openData(state.projectHash, '{GROUP}'), \
         edit('Delete', [{{ edit: 'deleteObject', objectHash: 'FIELD+02' }}])])).then(() => null)"
    );
    editor.page(&both).await;
    editor.settled().await;
    assert_eq!(editor.row(IMAGE).objects().count(), 11);
    assert_eq!(editor.page("[state.data.dataHash, state.labels.objects.size]").await, json!([GROUP, 0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn call_without_changes_clears_the_difference() {
    let editor = Editor::open(IMAGE).await;
    let browser = &editor.browser;
    editor.right_click(0.9, 0.4).await;
    editor.choose("/rearrange").await;
    browser.until_text("#panel-changes", "1 added, 1 changed, 2 removed").await;
    browser.press(&["a"]).await;
    editor.choose("/long-message").await;
    browser.until_text(".toast.good", "nothing changed").await;
    browser.until("no difference", "return document.querySelector('#tab-changes small') === null").await;
    assert_eq!(editor.page("state.difference").await, json!(null));
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_tab_prints_no_missing_values() {
    let editor = Editor::open(IMAGE).await;
    let browser = &editor.browser;
    browser.press(&["a"]).await;
    editor.choose("/long-message").await;
    browser.until_text(".toast.good", "long_message").await;
    // A stopped server does not respond.
    editor.world.agents.stop().await;
    browser.press(&["a"]).await;
    browser.click(".agent-menu [data-agent='/rearrange']").await;
    browser.until_text(".toast.bad", "does not answer").await;
    browser.click("#tab-calls").await;
    browser.run("for (const one of document.querySelectorAll('.calls details')) one.open = true").await;
    let text = browser.until_text("#panel-calls", "long_message").await;
    for word in ["false", "null", "undefined"] {
        let found = text.lines().any(|line| line.trim().replace(word, "").is_empty() && !line.trim().is_empty());
        assert!(!found, "{word}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn marks_truncation_of_long_message() {
    let editor = Editor::open(IMAGE).await;
    let browser = &editor.browser;
    browser.press(&["a"]).await;
    editor.choose("/long-message").await;
    let toast = browser.until_text(".toast.good", "Beyond the cut.").await;
    assert!(toast.contains("The label editor shows 256 of 272 characters"), "{toast}");
    browser.click("#tab-calls").await;
    browser.until_text("#panel-calls", "Beyond the cut.").await;
    let cut =
        browser.run("return [...document.querySelectorAll('.message .beyond')].map((one) => one.textContent)").await;
    assert_eq!(cut, json!([" Beyond the cut.", " Beyond the cut."]));
    // A short message has no mark.
    browser.press(&["a"]).await;
    editor.choose("/check-vehicles").await;
    browser.until_text(".toast.bad", "only 0.22 wide").await;
    assert_eq!(browser.run("return document.querySelector('.toast .beyond')").await, json!(null));
}
