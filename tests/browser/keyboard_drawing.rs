//! Drawing and moving by key presses alone.

use agent_platform::labels::{
    Bitmask, BoundingBox, Circle, Coordinates, Cuboid2d, Ellipse, Point, Polygon, Polyline, RotatableBoundingBox,
    Skeleton,
};
use serde_json::json;

use crate::editor::Editor;
use crate::webdriver::{ALT, DOWN, ENTER, ESCAPE, LEFT, RIGHT, SHIFT, UP};
use test_support::label_editor::data::{GROUP, IMAGE};

/// Width and height of the image group's images, in pixels.
const SIZE: (f64, f64) = (320.0, 240.0);

/// Returns the coordinates of the only object of a class on the first frame.
fn shape<S: Coordinates>(editor: &Editor, class: &str) -> S {
    let row = editor.row(GROUP);
    row.objects_of_class(class).next().unwrap().at(0).unwrap().coordinates().unwrap()
}

/// Returns whether a relative coordinate is at a pixel of the image, with its four decimals.
fn is_at(value: f64, pixel: f64, size: f64) -> bool {
    (value - pixel / size).abs() < 0.0002
}

/// Opens the image group, and shows the keyboard's cursor.
async fn with_cursor() -> Editor {
    let editor = Editor::open(GROUP).await;
    editor.browser.press(&[ENTER]).await;
    editor.until_page("state.cursor !== null").await;
    editor
}

/// Moves the cursor to a pixel of the image with the arrow keys.
async fn go(editor: &Editor, x: i64, y: i64) {
    let state = editor
        .page("[...state.cursor, ...[40, 8].map((step) => Math.max(1, Math.round(step / viewport.view.scale)))]")
        .await;
    let number = |at: usize| state[at].as_i64().unwrap();
    for (from, to, back, forth) in [(number(0), x, LEFT, RIGHT), (number(1), y, UP, DOWN)] {
        let key = if to < from { back } else { forth };
        let mut rest = (to - from).abs();
        for (held, step) in [(Some(SHIFT), number(2)), (None, number(3)), (Some(ALT), 1)] {
            let keys = vec![key; usize::try_from(rest / step).unwrap()];
            match held {
                Some(held) => editor.browser.press_holding(held, &keys).await,
                None => editor.browser.press(&keys).await,
            }
            rest %= step;
        }
    }
    assert_eq!(editor.page("state.cursor").await, json!([x, y]));
}

/// Presses Space at pixels of the image.
async fn press_at(editor: &Editor, places: &[(i64, i64)]) {
    for (x, y) in places {
        go(editor, *x, *y).await;
        editor.browser.press(&[" "]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn draws_dragged_shapes_with_the_keyboard() {
    let editor = with_cursor().await;
    for (key, class, from, to) in [
        ("b", "Vehicle", (20, 20), (100, 60)),
        ("o", "Sign", (120, 20), (200, 60)),
        ("e", "Wheel", (220, 20), (300, 60)),
        ("c", "Sun", (60, 120), (90, 120)),
        ("s", "Walker", (120, 100), (160, 180)),
        ("u", "Crate", (200, 120), (280, 200)),
    ] {
        editor.browser.press(&[key]).await;
        press_at(&editor, &[from, to]).await;
        editor.until_step(&format!("Draw {class}")).await;
    }
    let (width, height) = SIZE;
    let vehicle: BoundingBox = shape(&editor, "Vehicle");
    assert!(is_at(vehicle.x, 20.0, width) && is_at(vehicle.width, 80.0, width), "{vehicle:?}");
    assert!(is_at(vehicle.y, 20.0, height) && is_at(vehicle.height, 40.0, height), "{vehicle:?}");
    let sign: RotatableBoundingBox = shape(&editor, "Sign");
    assert!(is_at(sign.x, 120.0, width) && is_at(sign.height, 40.0, height), "{sign:?}");
    let wheel: Ellipse = shape(&editor, "Wheel");
    assert!(is_at(wheel.x, 260.0, width) && is_at(wheel.ry, 20.0, height), "{wheel:?}");
    let sun: Circle = shape(&editor, "Sun");
    assert!(is_at(sun.x, 60.0, width) && is_at(sun.radius, 30.0, width), "{sun:?}");
    let walker: Skeleton = shape(&editor, "Walker");
    let rows: Vec<f64> = walker.vertices.iter().map(|vertex| vertex.y * height).collect();
    assert!(rows.iter().all(|row| (99.9..180.1).contains(row)), "{walker:?}");
    let cuboid: Cuboid2d = shape(&editor, "Crate");
    assert!(is_at(cuboid.front[0].x, 200.0, width) && is_at(cuboid.front[2].y, 200.0, height), "{cuboid:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn draws_outlines_and_points_with_the_keyboard() {
    let editor = with_cursor().await;
    let browser = &editor.browser;
    // Enter closes a polygon.
    browser.press(&["p"]).await;
    press_at(&editor, &[(20, 20), (120, 20), (120, 100)]).await;
    browser.press(&[ENTER]).await;
    editor.until_step("Draw Field").await;
    // Space twice at a place ends a line; Backspace takes a vertex back.
    browser.press(&["l"]).await;
    press_at(&editor, &[(160, 20), (300, 20), (300, 100)]).await;
    browser.press(&["\u{e003}"]).await;
    press_at(&editor, &[(240, 60)]).await;
    browser.press(&[" "]).await;
    editor.until_step("Draw Lane").await;
    browser.press(&["d"]).await;
    press_at(&editor, &[(40, 200)]).await;
    editor.until_step("Draw Tip").await;

    let (width, height) = SIZE;
    let field: Polygon = shape(&editor, "Field");
    assert!(field.vertex_count() == 3 && is_at(field.outline()[2].y, 100.0, height), "{field:?}");
    let lane: Polyline = shape(&editor, "Lane");
    assert!(lane.points.len() == 3 && is_at(lane.points[2].x, 240.0, width), "{lane:?}");
    let tip: Point = shape(&editor, "Tip");
    assert!(is_at(tip.x, 40.0, width) && is_at(tip.y, 200.0, height), "{tip:?}");

    // Escape cancels the outline first, then hides the cursor.
    browser.press(&["p"]).await;
    press_at(&editor, &[(200, 200)]).await;
    browser.press(&[ESCAPE]).await;
    assert_eq!(editor.page("[state.draft, state.cursor, state.tool]").await, json!([null, [200, 200], "polygon"]));
    browser.press(&[ESCAPE]).await;
    assert_eq!(editor.page("[state.cursor, state.tool]").await, json!([null, "polygon"]));
    assert_eq!(editor.row(GROUP).objects().count(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn paints_mask_with_the_keyboard() {
    let editor = with_cursor().await;
    let browser = &editor.browser;
    browser.press(&["m"]).await;
    press_at(&editor, &[(80, 120), (240, 120)]).await;
    editor.until_step("Draw Water").await;
    let is_set = |x: usize, y: usize| shape::<Bitmask>(&editor, "Water").to_rows().unwrap()[y * 320 + x] == 1;
    assert!(is_set(80, 120) && is_set(160, 130) && is_set(240, 120) && !is_set(160, 140));
    // A dab of the eraser.
    browser.press(&["x"]).await;
    press_at(&editor, &[(160, 120)]).await;
    browser.press(&[" "]).await;
    editor.until_step("Erase").await;
    assert!(!is_set(160, 120) && is_set(100, 120));
    browser.press(&["x", "f"]).await;
    press_at(&editor, &[(100, 20), (140, 20), (140, 60), (100, 60)]).await;
    browser.press(&[ENTER]).await;
    editor.until_step("Paint").await;
    assert!(is_set(120, 40) && !is_set(150, 40));
}

#[tokio::test(flavor = "multi_thread")]
async fn prompts_model_with_the_keyboard() {
    let editor = Editor::open(IMAGE).await;
    let browser = &editor.browser;
    let count = editor.row(IMAGE).objects().count();
    browser.press_with_shift("m").await;
    browser.until_text("#tool-options", "segment_discs").await;
    browser.press(&[ENTER]).await;
    editor.until_page("state.cursor !== null").await;
    // The image has 640 × 480 pixels. A point is begun and ended at the same place.
    press_at(&editor, &[(512, 192)]).await;
    browser.press(&[" "]).await;
    editor.until_page("state.difference?.objects.length === 1 && !state.prompting.isCalling").await;
    go(&editor, 544, 192).await;
    browser.press_with_shift(" ").await;
    browser.press(&[" "]).await;
    browser.until_text("#tool-options", "2 prompts").await;
    editor.until_page("state.calls.length === 2 && !state.prompting.isCalling").await;
    assert_eq!(editor.row(IMAGE).objects_of_class("Negative tip").count(), 1);
    browser.press(&[ENTER]).await;
    editor.until_step("Agent segment_discs").await;
    assert_eq!(editor.row(IMAGE).objects().count(), count + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn cursor_selects_and_moves_objects_and_corners() {
    let editor = with_cursor().await;
    let browser = &editor.browser;
    browser.press(&["b"]).await;
    press_at(&editor, &[(100, 100), (180, 160)]).await;
    editor.until_step("Draw Vehicle").await;
    browser.press(&["v", ESCAPE]).await;
    browser.press(&[ESCAPE, ENTER]).await;
    editor.until_page("state.selection.size === 0 && state.cursor !== null").await;
    // Space selects the object, picks it up and puts it down.
    press_at(&editor, &[(120, 120)]).await;
    browser.until_text("#announcement", "on Vehicle").await;
    browser.press(&[" "]).await;
    go(&editor, 150, 130).await;
    browser.press(&[" "]).await;
    editor.until_step("Move").await;
    let (width, height) = SIZE;
    let moved: BoundingBox = shape(&editor, "Vehicle");
    assert!(is_at(moved.x, 130.0, width) && is_at(moved.y, 110.0, height), "{moved:?}");
    // The same for a corner; Enter puts it down as well.
    press_at(&editor, &[(210, 170)]).await;
    go(&editor, 240, 200).await;
    browser.press(&[ENTER]).await;
    editor.until_step("Move a vertex").await;
    let resized: BoundingBox = shape(&editor, "Vehicle");
    assert!(is_at(resized.width, 110.0, width) && is_at(resized.height, 90.0, height), "{resized:?}");
    // Escape puts it back.
    press_at(&editor, &[(160, 150)]).await;
    go(&editor, 60, 60).await;
    browser.press(&[ESCAPE]).await;
    editor.settled().await;
    assert_eq!(shape::<BoundingBox>(&editor, "Vehicle"), resized);
    assert_eq!(editor.page("state.cursor").await, json!([60, 60]));
}

#[tokio::test(flavor = "multi_thread")]
async fn alt_and_arrows_move_selection_by_pixels() {
    let editor = with_cursor().await;
    let browser = &editor.browser;
    browser.press(&["p"]).await;
    press_at(&editor, &[(100, 100), (180, 100), (180, 160)]).await;
    browser.press(&[ENTER]).await;
    editor.until_step("Draw Field").await;
    browser.press(&[ESCAPE, "v"]).await;
    editor.until_page("state.cursor === null && state.selection.size === 1").await;
    let (width, height) = SIZE;
    let corner = |at: usize| {
        let field: Polygon = shape(&editor, "Field");
        (field.outline()[at].x * width, field.outline()[at].y * height)
    };
    let is_near = |one: (f64, f64), x: f64, y: f64| (one.0 - x).abs() < 0.1 && (one.1 - y).abs() < 0.1;
    // The steps of one move are saved as one step.
    browser.press_holding(ALT, &[RIGHT, RIGHT, RIGHT, DOWN]).await;
    editor.until_step("Move").await;
    assert!(is_near(corner(0), 103.0, 101.0) && is_near(corner(2), 183.0, 161.0), "{:?}", corner(0));
    // The second vertex alone.
    browser.press(&["}", "}"]).await;
    browser.until_text("#announcement", "Vertex 2 of 3").await;
    browser.press_holding(ALT, &[UP]).await;
    editor.until_step("Move a vertex").await;
    browser.press_holding(ALT, &[UP]).await;
    editor.until_page("state.history.undo.length === 4").await;
    editor.settled().await;
    assert!(is_near(corner(1), 183.0, 99.0) && is_near(corner(0), 103.0, 101.0), "{:?}", corner(1));
    browser.press_with_control("z").await;
    browser.until_text(".toast", "Undone: Move a vertex").await;
    editor.settled().await;
    assert!(is_near(corner(1), 183.0, 100.0), "{:?}", corner(1));
    // At the edge of the image it stops.
    browser.press(&[ESCAPE]).await;
    browser.press_holding(ALT, &[UP; 104]).await;
    editor.until_page("state.history.undo.length === 4").await;
    editor.settled().await;
    assert!(is_near(corner(1), 183.0, 0.0), "{:?}", corner(1));
    // Escape before it is saved puts it back.
    browser.press_holding(ALT, &[DOWN, DOWN, ESCAPE]).await;
    editor.settled().await;
    assert!(is_near(corner(1), 183.0, 0.0), "{:?}", corner(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn announces_cursor_and_keeps_it_in_sight() {
    let editor = with_cursor().await;
    let browser = &editor.browser;
    assert_eq!(browser.run("return document.activeElement.tagName").await, json!("CANVAS"));
    assert_eq!(browser.run("return document.activeElement.matches(':focus-visible')").await, json!(true));
    browser.press_holding(ALT, &[RIGHT, RIGHT, DOWN]).await;
    browser.until_text("#announcement[role=status]", "162, 121").await;
    browser.press(&["b", " "]).await;
    browser.press_holding(ALT, &[RIGHT, RIGHT, DOWN]).await;
    browser.until_text("#announcement", "164, 122, 2 × 1 pixels").await;
    browser.press(&[ESCAPE, ESCAPE]).await;
    browser.until("an empty text", "return document.querySelector('#announcement').textContent === ''").await;
    // The arrows belong to the frames again.
    browser.press(&[RIGHT]).await;
    editor.until_page("state.frame === 1").await;
    editor.settled().await;
    // The view follows the cursor out of the visible part.
    browser.press(&["+", "+", "+", "+", "+", "+", ENTER]).await;
    editor.until_page("state.cursor !== null").await;
    go(&editor, 319, 239).await;
    let place = editor.page("[...viewport.toScreen(...state.cursor), viewport.width, viewport.height]").await;
    let number = |at: usize| place[at].as_f64().unwrap();
    assert!(number(0) < number(2) && number(1) < number(3) && number(0) > 0.0 && number(1) > 0.0, "{place}");
    browser.press(&["?"]).await;
    browser.until_text("dialog", "Drawing with the keyboard").await;
}
