//! Painting of bitmasks.

use agent_platform::labels::Bitmask;

use crate::editor::Editor;
use crate::webdriver::{ALT, DOWN, ENTER, RIGHT};
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

/// Returns the pixels of the mask, moved right and down by whole pixels.
fn shifted(pixels: &[u8], dx: usize, dy: usize) -> Vec<u8> {
    let at = |x: usize, y: usize| if x < dx || y < dy { 0 } else { pixels[(y - dy) * 320 + x - dx] };
    (0..240).flat_map(|y| (0..320).map(move |x| at(x, y))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn moves_mask_without_loss() {
    let editor = Editor::open(GROUP).await;
    let browser = &editor.browser;
    browser.press(&["m"]).await;
    editor.drag((0.2, 0.3), (0.4, 0.5)).await;
    editor.until_step("Draw Water").await;
    let drawn = mask(&editor).to_rows().unwrap();
    browser.press(&["v"]).await;
    // By arrow keys.
    browser.press_holding(ALT, &[RIGHT, RIGHT, RIGHT, DOWN]).await;
    editor.until_step("Move").await;
    assert_eq!(mask(&editor).to_rows().unwrap(), shifted(&drawn, 3, 1));
    // Far off the image it stops at its edge, with all of its pixels.
    editor.drag((0.3, 0.4), (1.2, 0.4)).await;
    editor.until_step("Move").await;
    let at_edge = mask(&editor).to_rows().unwrap();
    let right = (0..320).rev().find(|x| (0..240).any(|y| drawn[y * 320 + x] == 1)).unwrap();
    assert_eq!(at_edge, shifted(&drawn, 319 - right, 1));
    // A copy in place lies a little aside, where there is room.
    browser.press_with_control("c").await;
    browser.until_text(".toast", "Copied 1 object").await;
    browser.press_with_control("v").await;
    editor.until_step("Paste 1 object").await;
    let row = editor.row(GROUP);
    let masks: Vec<Bitmask> = row.objects().map(|one| one.at(0).unwrap().coordinates().unwrap()).collect();
    // 0.02 of 240 pixels is 4.8.
    assert_eq!(masks[1].to_rows().unwrap(), shifted(&at_edge, 0, 5));
    for words in ["Paste 1 object", "Move", "Move"] {
        browser.press_with_control("z").await;
        browser.until_text(".toast", &format!("Undone: {words}")).await;
        editor.settled().await;
    }
    assert_eq!(mask(&editor).to_rows().unwrap(), drawn);
}
