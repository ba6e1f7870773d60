//! Painting of bitmasks.

use agent_platform::labels::Bitmask;

use crate::editor::Editor;
use crate::webdriver::ENTER;
use test_support::label_editor::data::GROUP;

/// Returns the only bitmask of the first image, which has 320 × 240 pixels.
fn mask(editor: &Editor) -> Bitmask {
    let row = editor.row(GROUP);
    assert_eq!(row.objects().count(), 1);
    row.objects().next().unwrap().at(0).unwrap().coordinates().unwrap()
}

/// Returns whether the mask covers a position of the image.
fn is_set(mask: &Bitmask, x: usize, y: usize) -> bool {
    mask.to_rows().unwrap()[y * 320 + x] == 1
}

#[tokio::test(flavor = "multi_thread")]
async fn paints_erases_and_fills_mask() {
    let editor = Editor::open(GROUP).await;
    let browser = &editor.browser;
    browser.press(&["m"]).await;
    editor.drag((0.25, 0.5), (0.75, 0.5)).await;
    editor.until_step("Draw Water").await;
    browser.until_text(".selection", "Water").await;
    let drawn = mask(&editor);
    assert_eq!((drawn.width(), drawn.height()), (320, 240));
    // The brush is 24 pixels wide.
    assert!(is_set(&drawn, 160, 120) && is_set(&drawn, 160, 130) && !is_set(&drawn, 160, 134), "{}", drawn.rle());
    let area = f64::from(u32::try_from(drawn.area().unwrap()).unwrap());
    let expected = 160.0 * 24.0 + std::f64::consts::PI * 144.0;
    assert!((area / expected - 1.0).abs() < 0.03, "{area} instead of {expected}");

    browser.press(&["x"]).await;
    editor.click(0.5, 0.5).await;
    editor.until_step("Erase").await;
    assert!(!is_set(&mask(&editor), 160, 120) && is_set(&mask(&editor), 100, 120));

    browser.press(&["x", "f"]).await;
    for (x, y) in [(0.4, 0.1), (0.6, 0.1), (0.6, 0.3), (0.4, 0.3)] {
        editor.click(x, y).await;
    }
    browser.press(&[ENTER]).await;
    editor.until_step("Paint").await;
    let filled = mask(&editor);
    assert!(is_set(&filled, 160, 48) && !is_set(&filled, 120, 48) && is_set(&filled, 100, 120));
    browser.press_with_control("z").await;
    browser.until_text(".toast", "Undone: Paint").await;
    editor.settled().await;
    assert!(!is_set(&mask(&editor), 160, 48));
}
