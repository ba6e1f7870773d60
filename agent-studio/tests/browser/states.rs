//! What the page says where there is nothing to show, and that it can be used from the keyboard.

use agent_studio::ProjectSource;

use crate::data::{IMAGE, ONTOLOGY};
use crate::editor::Editor;
use crate::webdriver::{ENTER, ESCAPE};

#[tokio::test(flavor = "multi_thread")]
async fn without_a_project_it_says_what_to_do() {
    let editor = Editor::start(Vec::new()).await;
    editor.browser.open(&editor.world.studio.url()).await;
    editor.browser.until_text(".nothing", "No project").await;
    editor.browser.until_text("#data", "No project is served").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_data_it_says_what_to_do() {
    let editor = Editor::start(vec![ProjectSource::new("Empty", ONTOLOGY)]).await;
    editor.browser.open(&editor.world.studio.url()).await;
    editor.browser.until_text(".nothing", "No data").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_studio_that_stops_is_noticed_and_nothing_is_lost_silently() {
    let Editor { browser, world } = Editor::open(IMAGE).await;
    world.studio.stop().await;
    browser.click(".objects [data-hash='FIELD/01']").await;
    browser.press(&["\u{e017}"]).await;
    browser.until_text(".toast.bad", "The studio does not answer").await;
    browser.until_text(".save-state", "Not saved").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_is_triggered_from_the_keyboard_alone() {
    let editor = Editor::open(IMAGE).await;
    let browser = &editor.browser;
    browser.press(&["]"]).await;
    browser.until_text(".selection", "Vehicle 1").await;
    browser.press(&["a"]).await;
    browser
        .until("an agent with the focus", "return document.activeElement.dataset.agent === '/simplify-polygons'")
        .await;
    browser.press(&[ESCAPE]).await;
    browser.until_gone(".agent-menu").await;
    browser.press(&["a"]).await;
    browser
        .until("an agent with the focus", "return document.activeElement.dataset.agent === '/simplify-polygons'")
        .await;
    browser.press(&[ENTER]).await;
    // The runtime's own sentence for a selection of another shape.
    browser.until_text(".toast.bad", "Vehicle").await;
    browser.press(&["?"]).await;
    browser.until_text("dialog.help", "trigger an agent").await;
    browser.press(&[ESCAPE]).await;
    browser.until_gone("dialog.help").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_breaks_none_of_its_own_rules() {
    let editor = Editor::open(IMAGE).await;
    let browser = &editor.browser;
    editor.select_fields().await;
    editor.right_click(0.2, 0.25).await;
    editor.choose("/simplify-polygons").await;
    browser.until_text(".toast.good", "vertices removed.").await;
    browser.press(&["?"]).await;
    browser.until_text("dialog.help", "Keys").await;
    assert_eq!(browser.console().await, Vec::<String>::new(), "errors, or what its policy forbids");
}
