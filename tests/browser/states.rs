//! Messages when there is nothing to show, narrow windows, links, and use from the keyboard.

use agent_studio::ProjectSource;

use crate::editor::Editor;
use crate::webdriver::{ENTER, ESCAPE, TAB};
use test_support::label_editor::data::{IMAGE, ONTOLOGY, PROJECT, VIDEO};

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
async fn unknown_data_link_says_so() {
    let editor = Editor::open(IMAGE).await;
    let browser = &editor.browser;
    let unknown = "dddd2222-0000-4000-8000-000000000009";
    // While data is open, it stays open and the address is put back.
    browser.run(&format!("location.hash = 'project={PROJECT}&data={unknown}&frame=0'")).await;
    browser.until_text(".toast.bad", unknown).await;
    browser.until("the address", &format!("return location.hash.includes('{IMAGE}')")).await;
    // In a new window nothing is opened in its stead.
    browser.open("about:blank").await;
    browser.open(&format!("{}/#project={PROJECT}&data={unknown}", editor.world.studio.url())).await;
    let said = browser.until_text(".nothing", "Unknown data").await;
    assert!(said.contains(unknown), "{said}");
    assert_eq!(editor.page("state.data").await, serde_json::json!(null));
    editor.choose_data(VIDEO).await;
    browser.until_gone(".nothing").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn frame_field_shows_the_frame_that_is_open() {
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
