//! Drawing, moving, answering, deleting and undo.

use agent_platform::labels::{BoundingBox, Polygon};

use crate::editor::Editor;
use crate::webdriver::{DELETE, ENTER, ESCAPE, RIGHT};
use test_support::label_editor::data::{GROUP, IMAGE, VIDEO};

fn box_of(editor: &Editor, data: &str, hash: &str) -> BoundingBox {
    editor.row(data).object(hash).unwrap().at(0).unwrap().coordinates().unwrap()
}

/// Returns whether two numbers are equal within a screen pixel.
fn near(one: f64, other: f64) -> bool {
    (one - other).abs() < 0.006
}

#[tokio::test(flavor = "multi_thread")]
async fn draws_resizes_moves_and_undoes_box() {
    let editor = Editor::open(GROUP).await;
    let browser = &editor.browser;
    browser.press(&["b"]).await;
    editor.drag((0.2, 0.2), (0.5, 0.6)).await;
    browser.until_text(".selection", "Vehicle").await;
    editor.settled().await;
    let hash = editor.row(GROUP).objects().next().unwrap().hash().to_owned();
    let drawn = box_of(&editor, GROUP, hash.as_str());
    assert!(near(drawn.x, 0.2) && near(drawn.y, 0.2) && near(drawn.width, 0.3) && near(drawn.height, 0.4), "{drawn:?}");

    browser.press(&["v"]).await;
    editor.drag((drawn.x + drawn.width, drawn.y + drawn.height), (0.7, 0.8)).await;
    browser
        .until(
            "an undo of it",
            "return document.querySelector('[aria-label=Undo]').title.startsWith('Undo: Move a vertex')",
        )
        .await;
    let stretched = box_of(&editor, GROUP, hash.as_str());
    assert!(near(stretched.width, 0.5) && near(stretched.height, 0.6) && near(stretched.x, drawn.x), "{stretched:?}");

    editor.drag((0.4, 0.4), (0.5, 0.3)).await;
    browser
        .until("an undo of it", "return document.querySelector('[aria-label=Undo]').title.startsWith('Undo: Move (')")
        .await;
    let moved = box_of(&editor, GROUP, hash.as_str());
    assert!(near(moved.x, drawn.x + 0.1) && near(moved.y, drawn.y - 0.1), "{moved:?}");
    assert!(near(moved.width, stretched.width), "{moved:?}");

    for (step, words) in ["Move", "Move a vertex", "Draw Vehicle"].into_iter().enumerate() {
        browser.press_with_control("z").await;
        browser.until_text(".toast", &format!("Undone: {words}")).await;
        editor.settled().await;
        if step == 1 {
            assert_eq!(box_of(&editor, GROUP, hash.as_str()), drawn);
        }
    }
    assert_eq!(editor.row(GROUP).objects().count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn draws_polygon_and_moves_vertex() {
    let editor = Editor::open(GROUP).await;
    let browser = &editor.browser;
    browser.press(&["p"]).await;
    for (x, y) in [(0.2, 0.2), (0.6, 0.2), (0.6, 0.6), (0.9, 0.9)] {
        editor.click(x, y).await;
    }
    // The last vertex is removed.
    browser.press(&["\u{e003}"]).await;
    editor.click(0.2, 0.6).await;
    browser.press(&[ENTER]).await;
    browser.until_text(".selection", "Field").await;
    browser.press(&["v"]).await;
    let polygon = || -> Polygon { editor.row(GROUP).objects().next().unwrap().at(0).unwrap().coordinates().unwrap() };
    let before = polygon();
    assert_eq!(before.vertex_count(), 4);
    editor.settled().await;
    let corner = before.outline()[2];
    editor.drag((corner.x, corner.y), (0.7, 0.75)).await;
    browser
        .until(
            "an undo of it",
            "return document.querySelector('[aria-label=Undo]').title.startsWith('Undo: Move a vertex')",
        )
        .await;
    let after = polygon();
    assert!(near(after.outline()[2].x, 0.7) && near(after.outline()[2].y, 0.75), "{after:?}");
    for corner in [0, 1, 3] {
        assert_eq!(after.outline()[corner], before.outline()[corner]);
    }
    // Escape discards an open polygon.
    browser.press(&["p"]).await;
    editor.click(0.1, 0.8).await;
    browser.press(&[ESCAPE, ESCAPE]).await;
    assert_eq!(editor.row(GROUP).objects().count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn selects_objects_on_image_and_in_list_and_deletes_them() {
    let editor = Editor::open(IMAGE).await;
    let browser = &editor.browser;
    let selected = "return [...document.querySelectorAll('.objects [aria-selected=true]')].map((one) => one.innerText.split('\\n')[0] + one.innerText.split('\\n')[1]).join()";
    editor.click(0.12, 0.82).await;
    browser.until_text(".selection", "Wheel").await;
    // The hole of a polygon is not part of it.
    editor.click(0.5, 0.28).await;
    browser.until_gone(".selection").await;
    browser.click(".objects [data-hash='FIELD/01']").await;
    browser.until_text(".selection", "FIELD/01").await;
    editor.shift_click(0.8, 0.7).await;
    browser.until_text(".selection", "2 selected").await;
    assert_eq!(browser.run(selected).await, "Vehicle2,Field1");
    browser.press(&[DELETE]).await;
    browser
        .until(
            "an undo of it",
            "return document.querySelector('[aria-label=Undo]').title.startsWith('Undo: Delete 2 objects')",
        )
        .await;
    assert_eq!(editor.row(IMAGE).objects().count(), 11);
    assert!(editor.row(IMAGE).object("FIELD/01").is_err());
    browser.press_with_control("z").await;
    browser.until_text(".toast", "Undone: Delete 2 objects").await;
    assert_eq!(editor.row(IMAGE).objects().count(), 13);
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_nested_and_dynamic_attributes() {
    let editor = Editor::open(VIDEO).await;
    let browser = &editor.browser;
    browser.click(".objects [data-hash='SQUARE01']").await;
    browser.fill(".selection select[aria-label=Colour]", "opOTHE01").await;
    browser.fill(".selection textarea[aria-label='Which colour']", "green & gold").await;
    browser
        .until(
            "an undo of it",
            "return document.querySelector('[aria-label=Undo]').title.startsWith('Undo: Answer Which colour')",
        )
        .await;
    browser.fill(".selection input[aria-label=Seats]", "5").await;
    browser.press(&[RIGHT]).await;
    browser.until("frame 1", "return document.querySelector('#stage canvas').dataset.frame === '1'").await;
    browser.fill(".selection select[aria-label=Moving]", "opNO0001").await;
    browser
        .until(
            "an undo of it",
            "return document.querySelector('[aria-label=Undo]').title.startsWith('Undo: Answer Moving')",
        )
        .await;
    let row = editor.row(VIDEO);
    let object = row.object("SQUARE01").unwrap();
    assert_eq!(object.answer("Which colour").unwrap().as_text(), Some("green & gold"));
    assert_eq!(object.answer("Seats").unwrap().as_number(), Some(5.0));
    assert!(object.answer_at("Moving", 1).unwrap().has("No") && object.answer_at("Moving", 2).unwrap().has("Yes"));
    assert_eq!(object.answer_at("Moving", 0), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn classifies_frame() {
    let editor = Editor::open(VIDEO).await;
    let browser = &editor.browser;
    browser.fill(".classifications .unanswered textarea[aria-label=Note]", "wet").await;
    browser
        .until(
            "an undo of it",
            "return document.querySelector('[aria-label=Undo]').title.startsWith('Undo: Classify Note')",
        )
        .await;
    browser.fill(".classifications select[aria-label=Weather]", "opSUNN01").await;
    browser
        .until(
            "an undo of it",
            "return document.querySelector('[aria-label=Undo]').title.startsWith('Undo: Answer Weather')",
        )
        .await;
    let row = editor.row(VIDEO);
    let found: Vec<String> = row.classifications().map(|one| format!("{}", one.ranges())).collect();
    assert_eq!(found, ["0–5", "0"]);
    assert!(row.classifications().next().unwrap().answer("Weather").unwrap().has("Sunny"));
}

#[tokio::test(flavor = "multi_thread")]
async fn shows_concurrent_save_instead_of_overwriting() {
    let editor = Editor::open(IMAGE).await;
    let browser = &editor.browser;
    let count = editor.row(IMAGE).objects().count();
    let add = |row: &mut agent_platform::labels::LabelRow| row.add("Tip").point(0.9, 0.9).on(0).map(drop);
    editor.world.studio.edit_as("other@example.test", IMAGE, add).unwrap();
    editor.click(0.12, 0.82).await;
    browser.press(&[DELETE]).await;
    // Either the edit is rejected, or the page had loaded the save before and the edit applies to it.
    browser.until_text(".toast", "saved").await;
    editor.settled().await;
    let now = editor.row(IMAGE).objects().count();
    assert!(now == count + 1 || now == count, "{now}");
    assert_eq!(editor.listed().await, i64::try_from(now).unwrap());
    assert!(editor.row(IMAGE).objects_of_class("Tip").count() == 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn copies_rust_paths_of_class_and_attributes() {
    let editor = Editor::open(VIDEO).await;
    let browser = &editor.browser;
    // A headless browser may refuse the clipboard.
    browser
        .run("Object.defineProperty(navigator, 'clipboard', {value: {writeText: async (text) => { window.copied = text; }}})")
        .await;
    browser.click(".objects [data-hash='SQUARE01']").await;
    browser.until_text(".selection dl .rust-path", "Vehicle").await;
    for (selector, path) in [
        (".selection dl .rust-path", "Vehicle"),
        (".selection [aria-label='Copy vehicle::Colour']", "vehicle::Colour"),
        (".selection [aria-label='Copy Vehicle::seats']", "Vehicle::seats"),
    ] {
        browser.click(selector).await;
        browser.until_text(".toast", &format!("{path} is in the clipboard.")).await;
        assert_eq!(browser.run("return window.copied").await, path);
    }
    // The label of a field is that of its control.
    let labelled =
        "return document.querySelector('.selection select[aria-label=Colour]').closest('label').control.tagName";
    assert_eq!(browser.run(labelled).await, "SELECT");
}
