//! The model tool: prompts of an agent.

use agent_platform::labels::Bitmask;
use serde_json::json;

use crate::editor::Editor;
use crate::webdriver::{ENTER, ESCAPE};
use test_support::label_editor::data::IMAGE;

#[tokio::test(flavor = "multi_thread")]
async fn accepts_mask_of_positive_and_negative_points() {
    let editor = Editor::open(IMAGE).await;
    let browser = &editor.browser;
    let count = editor.row(IMAGE).objects().count();
    browser.press_with_shift("m").await;
    // The agent whose name suggests it is proposed.
    browser.until_text("#tool-options", "segment_discs").await;
    editor.click(0.8, 0.4).await;
    browser.until_text("#tool-options", "1 prompt").await;
    editor.until_page("state.difference?.objects.length === 1 && !state.prompting.isCalling").await;
    // A dry run saves nothing but the prompt.
    assert_eq!(editor.row(IMAGE).objects_of_class("Water").count(), 1);
    browser.press(&["x"]).await;
    editor.click(0.85, 0.4).await;
    browser.until_text("#tool-options", "2 prompts").await;
    editor.until_page("state.calls.length === 2 && !state.prompting.isCalling").await;
    assert_eq!(editor.row(IMAGE).objects_of_class("Negative tip").count(), 1);

    browser.press(&[ENTER]).await;
    editor.until_step("Remove the prompts").await;
    let row = editor.row(IMAGE);
    assert_eq!(row.objects().count(), count + 1);
    let added = row
        .objects_of_class("Water")
        .find(|object| object.at(0).unwrap().created_by() != Some("annotator@example.test".into()));
    let mask: Bitmask = added.unwrap().at(0).unwrap().coordinates().unwrap();
    let pixels = mask.to_rows().unwrap();
    let at = |x: usize, y: usize| pixels[y * 640 + x];
    assert_eq!((at(490, 192), at(540, 192)), (1, 0));

    // Escape removes the prompts of a result that is not wanted.
    editor.click(0.1, 0.1).await;
    editor.until_page("state.calls.length === 4 && !state.prompting.isCalling").await;
    browser.press(&[ESCAPE]).await;
    editor.until_page("state.prompting === null && state.difference === null").await;
    editor.until_page(&format!("state.labels.objects.size === {}", count + 1)).await;
    assert_eq!(editor.page("state.tool").await, json!("model"));
}
