//! Timeline, keyframes and interpolation of a video.

use serde_json::json;

use crate::editor::Editor;
use test_support::label_editor::data::VIDEO;

#[tokio::test(flavor = "multi_thread")]
async fn timeline_lines_keep_their_order() {
    let editor = Editor::open(VIDEO).await;
    let browser = &editor.browser;
    let lines = "return [...document.querySelectorAll('.timeline text')].map((one) => one.textContent)";
    let before = browser.until("the timeline", &format!("{lines}.length > 2 && {}", &lines["return ".len()..])).await;
    assert_eq!(before, json!(["Vehicle 1", "Vehicle 2", "Weather"]));
    browser.run("document.querySelectorAll('.timeline text')[1].dispatchEvent(new Event('click'))").await;
    browser.until_text(".selection", "Vehicle 2").await;
    browser
        .until(
            "the selected line",
            "return document.querySelector('.timeline text.selected')?.textContent === 'Vehicle 2'",
        )
        .await;
    assert_eq!(browser.run(lines).await, before);
    browser.fill(".frame-number", "10").await;
    editor.settled().await;
    assert_eq!(browser.run(lines).await, before);
}
