//! Empty states, narrow windows, links and keyboard use.

use agent_studio::ProjectSource;

use crate::editor::Editor;
use crate::webdriver::{DOWN, ENTER, ESCAPE, TAB};
use test_support::label_editor::data::{IMAGE, ONTOLOGY, PROJECT, VIDEO};

#[tokio::test(flavor = "multi_thread")]
async fn shows_advice_without_project() {
    let editor = Editor::start(Vec::new()).await;
    editor.browser.open(&editor.world.studio.url()).await;
    editor.browser.until_text(".nothing", "No project").await;
    editor.browser.until_text("#data", "No project is served").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn shows_advice_without_data() {
    let editor = Editor::start(vec![ProjectSource::new("Empty", ONTOLOGY)]).await;
    editor.browser.open(&editor.world.studio.url()).await;
    editor.browser.until_text(".nothing", "No data").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn shows_no_advice_before_data_is_opened() {
    let editor = Editor::open(IMAGE).await;
    // The state while the first data is loading: the list is there, and no data is open.
    let run = "const { update, state } = await import('/page/modules/state.js'); \
               update({ data: null }); await Promise.resolve(); \
               return [state.projects.length, document.querySelector('.nothing').hidden]";
    assert_eq!(editor.browser.run(&format!("return (async () => {{ {run} }})()")).await, serde_json::json!([1, true]));
}

#[tokio::test(flavor = "multi_thread")]
async fn reports_stopped_studio_and_unsaved_edits() {
    let Editor { browser, world } = Editor::open(IMAGE).await;
    world.studio.stop().await;
    browser.click(".objects [data-hash='FIELD/01']").await;
    browser.press(&["\u{e017}"]).await;
    browser.until_text(".toast.bad", "The studio does not answer").await;
    browser.until_text(".save-state", "Not saved").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn triggers_agent_by_keyboard() {
    let editor = Editor::open(IMAGE).await;
    let browser = &editor.browser;
    browser.press(&["]"]).await;
    browser.until_text(".selection", "Vehicle 1").await;
    browser.press(&["a"]).await;
    browser.until_text(".agents", "simplify_polygons").await;
    browser.press(&[ESCAPE]).await;
    browser.until_gone(".agent-menu").await;
    browser.press(&["a"]).await;
    browser.until_text(".agents", "simplify_polygons").await;
    browser.press(&[DOWN]).await;
    browser
        .until("an agent with the focus", "return document.activeElement.dataset.agent === '/simplify-polygons'")
        .await;
    browser.press(&[ENTER]).await;
    // The runtime's error for a selection of another shape.
    browser.until_text(".toast.bad", "Vehicle").await;
    browser.press(&["?"]).await;
    browser.until_text("dialog.help", "trigger an agent").await;
    browser.press(&[ESCAPE]).await;
    browser.until_gone("dialog.help").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn page_complies_with_its_security_policy() {
    let editor = Editor::open(IMAGE).await;
    let browser = &editor.browser;
    editor.select_fields().await;
    editor.right_click(0.2, 0.25).await;
    editor.choose("/simplify-polygons").await;
    browser.until_text(".toast.good", "vertices removed.").await;
    browser.press(&["?"]).await;
    browser.until_text("dialog.help", "Keys").await;
    assert_eq!(browser.console().await, Vec::<String>::new(), "console errors or policy violations");
}

#[tokio::test(flavor = "multi_thread")]
async fn narrow_window_shows_the_stage() {
    let editor = Editor::open(IMAGE).await;
    let browser = &editor.browser;
    for width in [500, 360] {
        browser.resize(width, 720).await;
        let shown = "const box = document.querySelector('#stage').getBoundingClientRect(); return box.width > 300 && box.height > 150";
        browser.until("a stage to work on", shown).await;
        editor.settled().await;
        let wide = browser.run("return document.documentElement.scrollWidth - innerWidth").await;
        assert_eq!(wide, serde_json::json!(0), "the page is wider than the window");
        editor.click(0.12, 0.82).await;
        browser.until_text(".selection", "Wheel").await;
        browser.press(&[ESCAPE]).await;
    }
    browser.resize(40, 40).await;
    browser.resize(1280, 720).await;
    editor.settled().await;
    assert_eq!(browser.console().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn reports_unknown_data_link() {
    let editor = Editor::open(IMAGE).await;
    let browser = &editor.browser;
    let unknown = "dddd2222-0000-4000-8000-000000000009";
    // Open data stays open, and its URL is restored.
    browser.run(&format!("location.hash = 'project={PROJECT}&data={unknown}&frame=0'")).await;
    browser.until_text(".toast.bad", unknown).await;
    browser.until("the address", &format!("return location.hash.includes('{IMAGE}')")).await;
    // In a new window, no other data is opened.
    browser.open("about:blank").await;
    browser.open(&format!("{}/#project={PROJECT}&data={unknown}", editor.world.studio.url())).await;
    let message = browser.until_text(".nothing", "Unknown data").await;
    assert!(message.contains(unknown), "{message}");
    assert_eq!(editor.page("state.data").await, serde_json::json!(null));
    editor.choose_data(VIDEO).await;
    browser.until_gone(".nothing").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn frame_field_shows_open_frame() {
    let editor = Editor::open(VIDEO).await;
    let browser = &editor.browser;
    let value = "return document.querySelector('.frame-number').value";
    for (typed, shown) in [("999", "11"), ("999", "11"), ("", "11"), ("-4", "0"), ("2.7", "2")] {
        browser.run("const one = document.querySelector('.frame-number'); one.focus(); one.select()").await;
        if typed.is_empty() {
            browser.press(&["\u{e017}"]).await;
        }
        let keys: Vec<String> = typed.chars().map(String::from).collect();
        browser.press(&keys.iter().map(String::as_str).collect::<Vec<_>>()).await;
        browser.press(&[ENTER]).await;
        editor.settled().await;
        assert_eq!(browser.run(value).await, shown, "{typed}");
    }
    browser.press(&[TAB]).await;
    assert_eq!(editor.page("state.frame").await, serde_json::json!(2));
}
