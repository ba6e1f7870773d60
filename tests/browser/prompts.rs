//! The model tool: prompts of an agent.

use agent_platform::labels::{Bitmask, LabelRow};
use serde_json::json;

use crate::editor::Editor;
use crate::webdriver::{ENTER, ESCAPE};
use test_support::label_editor::data::IMAGE;

/// Opens the image with the model tool.
async fn with_model_tool() -> Editor {
    let editor = Editor::open(IMAGE).await;
    editor.browser.press_with_shift("m").await;
    // The agent whose name suggests it is proposed.
    editor.browser.until_text("#tool-options", "segment_discs").await;
    editor
}

/// Waits until this many calls have ended, and none is running.
async fn until_calls(editor: &Editor, count: usize) {
    editor.until_page(&format!("state.calls.length === {count} && !state.prompting?.isCalling")).await;
}

async fn choose_agent(editor: &Editor, path: &str) {
    let script = format!(
        "const choice = document.querySelector('#tool-options select'); \
         choice.value = [...choice.options].find((one) => one.value.endsWith({})).value; \
         choice.dispatchEvent(new Event('change'))",
        json!(path)
    );
    editor.browser.run(&script).await;
    let chosen = format!("state.promptAgent.endsWith({})", json!(path));
    editor.until_page(&chosen).await;
}

/// Returns the number of objects of a class.
fn count(row: &LabelRow, class: &str) -> usize {
    row.objects_of_class(class).count()
}

/// Returns the pixel of the newest mask at a place of the image, in pixels.
fn pixel(row: &LabelRow, (x, y): (usize, usize)) -> u8 {
    let newest = row.objects_of_class("Water").last().unwrap();
    let mask: Bitmask = newest.at(0).unwrap().coordinates().unwrap();
    mask.to_rows().unwrap()[y * 640 + x]
}

#[tokio::test(flavor = "multi_thread")]
async fn accepts_and_undoes_mask_of_several_points() {
    let editor = with_model_tool().await;
    let browser = &editor.browser;
    let before = editor.row(IMAGE);
    editor.click(0.8, 0.4).await;
    browser.until_text("#tool-options", "1 prompt").await;
    editor.until_page("state.difference?.objects.length === 1 && !state.prompting.isCalling").await;
    // A dry run saves nothing but the prompt.
    assert_eq!(count(&editor.row(IMAGE), "Water"), 1);
    browser.press(&["x"]).await;
    editor.click(0.85, 0.4).await;
    browser.until_text("#tool-options", "2 prompts").await;
    until_calls(&editor, 2).await;
    assert_eq!(count(&editor.row(IMAGE), "Negative tip"), 1);

    // What is shown is saved, without another call.
    browser.press(&[ENTER]).await;
    editor.until_step("Agent segment_discs").await;
    assert_eq!(editor.page("state.calls.length").await, json!(2));
    let row = editor.row(IMAGE);
    assert_eq!(row.objects().count(), before.objects().count() + 1);
    assert_eq!((pixel(&row, (490, 192)), pixel(&row, (540, 192))), (1, 0));
    browser.until_text(".selection", "Water").await;

    // One undo reverts all of it.
    browser.press_with_control("z").await;
    browser.until_text(".toast", "Undone: Agent segment_discs").await;
    let after = editor.row(IMAGE);
    assert_eq!(after.member_json("data_units"), before.member_json("data_units"));
    assert_eq!(after.member_json("object_answers"), before.member_json("object_answers"));
    assert_eq!(editor.page("state.history.undo.length").await, json!(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn escape_and_undo_remove_prompts_without_a_trace() {
    let editor = with_model_tool().await;
    let browser = &editor.browser;
    let before = editor.row(IMAGE);
    editor.click(0.1, 0.1).await;
    until_calls(&editor, 1).await;
    editor.click(0.2, 0.1).await;
    until_calls(&editor, 2).await;
    // Undo removes the last prompt, and calls the agent for the others.
    browser.press_with_control("z").await;
    until_calls(&editor, 3).await;
    browser.until_text("#tool-options", "1 prompt").await;
    browser.press(&[ESCAPE]).await;
    editor.until_page("state.prompting === null && state.difference === null && state.history.undo.length === 0").await;
    editor.settled().await;
    let after = editor.row(IMAGE);
    assert_eq!(after.member_json("data_units"), before.member_json("data_units"));
    assert_eq!(after.member_json("object_answers"), before.member_json("object_answers"));
    assert_eq!(editor.page("state.tool").await, json!("model"));
}

#[tokio::test(flavor = "multi_thread")]
async fn segments_what_dragged_boxes_contain() {
    let editor = with_model_tool().await;
    let browser = &editor.browser;
    let vehicles = count(&editor.row(IMAGE), "Vehicle");
    editor.drag((0.6, 0.2), (0.7, 0.4)).await;
    until_calls(&editor, 1).await;
    assert_eq!(count(&editor.row(IMAGE), "Vehicle"), vehicles + 1);
    editor.click(0.9, 0.3).await;
    until_calls(&editor, 2).await;
    browser.click("#tool-options button.main").await;
    editor.until_step("Agent segment_discs").await;
    let row = editor.row(IMAGE);
    assert_eq!((count(&row, "Vehicle"), count(&row, "Water")), (vehicles, 2));
    let at = |x, y| pixel(&row, (x, y));
    assert_eq!((at(400, 110), at(576, 144), at(500, 144)), (1, 1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn refines_selected_mask_and_then_begins_another() {
    let editor = Editor::open(IMAGE).await;
    let browser = &editor.browser;
    let row = editor.row(IMAGE);
    let water = row.objects_of_class("Water").next().unwrap().hash().to_string();
    assert_eq!((pixel(&row, (440, 410)), pixel(&row, (550, 410))), (1, 0));
    browser.click(&format!(".objects [data-hash={}]", json!(water))).await;
    browser.press_with_shift("m").await;
    browser.until_text("#tool-options [aria-pressed=true]", "Refine Water 1").await;
    let place = editor.place(575.0 / 640.0, 410.0 / 480.0).await;
    let [red, green, _] = browser.colour_at(place).await;
    editor.click(550.0 / 640.0, 410.0 / 480.0).await;
    until_calls(&editor, 1).await;
    browser.until_text("#tool-options", "refines Water 1").await;
    editor.settled().await;
    let [now_red, now_green, _] = browser.colour_at(place).await;
    assert!(now_green - now_red > green - red + 30, "the refined mask is not drawn: {now_red} {now_green}");
    editor.shift_click(440.0 / 640.0, 410.0 / 480.0).await;
    until_calls(&editor, 2).await;
    assert_eq!(editor.page("state.difference.objects[0].kind").await, json!("changed"));
    browser.press(&[ENTER]).await;
    editor.until_step("Agent segment_discs").await;
    let row = editor.row(IMAGE);
    assert_eq!(count(&row, "Water"), 1);
    assert_eq!((pixel(&row, (440, 410)), pixel(&row, (550, 410))), (0, 1));
    assert_eq!(editor.page("[...state.selection]").await, json!([water]));

    // The next click is about another object.
    browser.until_text("#tool-options [aria-pressed=true]", "New object").await;
    editor.click(0.8, 0.3).await;
    until_calls(&editor, 3).await;
    browser.press(&[ENTER]).await;
    editor
        .until_page("state.selection.size === 1 && state.prompting === null && state.history.undo.length === 2")
        .await;
    editor.settled().await;
    assert_eq!(count(&editor.row(IMAGE), "Water"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn last_prompt_wins_over_running_call() {
    let editor = with_model_tool().await;
    choose_agent(&editor, "/slow-discs").await;
    editor.click(0.8, 0.4).await;
    editor.until_page("state.prompting?.prompts.length === 1 && state.prompting.isCalling").await;
    editor.browser.until_text("#tool-options", "calling…").await;
    editor.click(0.5, 0.4).await;
    // The first call was cancelled, which only the log shows.
    editor.until_page("state.calls.length === 1 && state.calls[0].silence?.kind === 'cancelled'").await;
    assert_eq!(editor.browser.run("return document.querySelectorAll('.toast').length").await, json!(0));
    // The server may not have noticed that the first call was cancelled.
    editor.world.gate.open();
    editor.world.gate.open();
    until_calls(&editor, 2).await;
    editor.browser.press(&[ENTER]).await;
    editor.until_step("Agent slow_discs").await;
    let row = editor.row(IMAGE);
    assert_eq!(count(&row, "Water"), 2);
    assert_eq!((pixel(&row, (512, 192)), pixel(&row, (320, 192))), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn late_result_of_discarded_prompts_is_ignored() {
    let editor = with_model_tool().await;
    let before = editor.row(IMAGE);
    choose_agent(&editor, "/slow-discs").await;
    editor.click(0.8, 0.4).await;
    editor.until_page("state.prompting?.isCalling").await;
    editor.browser.press(&[ESCAPE]).await;
    editor.world.gate.open();
    editor.until_page("state.calls.length === 1 && state.difference === null && state.prompting === null").await;
    editor.settled().await;
    assert_eq!(editor.row(IMAGE).member_json("data_units"), before.member_json("data_units"));
    // The tool goes on with the next object.
    choose_agent(&editor, "/segment-discs").await;
    editor.click(0.8, 0.4).await;
    until_calls(&editor, 2).await;
    editor.until_page("state.difference?.objects.length === 1").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn error_of_agent_keeps_prompts_and_offers_no_result() {
    let editor = with_model_tool().await;
    let browser = &editor.browser;
    browser.press(&["x"]).await;
    editor.click(0.8, 0.4).await;
    browser.until_text(".toast.bad", "A negative point needs a point on the object, too.").await;
    browser.until_text("#tool-options", "no result").await;
    assert_eq!(browser.run("return document.querySelector('#tool-options .main').disabled").await, json!(true));
    browser.press(&["x"]).await;
    editor.click(0.6, 0.4).await;
    until_calls(&editor, 2).await;
    // The complaint is about earlier prompts.
    browser.until_gone(".toast").await;
    assert_eq!(editor.page("state.prompting.prompts.length").await, json!(2));
    browser.press(&[ENTER]).await;
    editor.until_step("Agent segment_discs").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_agent_gets_the_same_prompts() {
    let editor = with_model_tool().await;
    let browser = &editor.browser;
    editor.drag((0.6, 0.2), (0.7, 0.4)).await;
    until_calls(&editor, 1).await;
    choose_agent(&editor, "/box-masks").await;
    until_calls(&editor, 2).await;
    let names = editor.page("state.calls.map((call) => call.agent.name)").await;
    assert_eq!(names, json!(["box_masks", "segment_discs"]));
    browser.press(&[ENTER]).await;
    editor.until_step("Agent box_masks").await;
    assert_eq!(count(&editor.row(IMAGE), "Water"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn says_which_prompts_an_agent_takes() {
    let editor = with_model_tool().await;
    let browser = &editor.browser;
    let before = editor.row(IMAGE).to_json();
    browser.until_text("#tool-options", "Click a point, or drag a box.").await;
    choose_agent(&editor, "/box-masks").await;
    browser.until_text("#tool-options", "Drag a box around the object.").await;
    editor.click(0.8, 0.4).await;
    browser.until_text(".toast", "box_masks takes boxes: drag a box around the object.").await;
    choose_agent(&editor, "/simplify-polygons").await;
    browser.until_text("#tool-options", "takes neither points nor boxes. Choose another agent.").await;
    editor.drag((0.6, 0.2), (0.7, 0.4)).await;
    browser.until_text(".toast", "simplify_polygons takes neither points nor boxes.").await;
    assert_eq!(editor.row(IMAGE).to_json(), before);
    assert_eq!(editor.page("state.calls.length").await, json!(0));
}
