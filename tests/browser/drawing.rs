//! Drawing and dragging: at the edges of the image, across frames and data, and without a connection.

use agent_platform::labels::{BoundingBox, Polygon, RotatableBoundingBox};
use serde_json::json;

use crate::editor::Editor;
use crate::webdriver::{ENTER, ESCAPE, RIGHT};
use test_support::label_editor::World;
use test_support::label_editor::data::{self, GROUP, IMAGE, VIDEO};

const VEHICLE: &str = "VEHICLE1";

/// Opens the image group, with a box in the middle of its first image.
async fn with_box() -> Editor {
    let editor = Editor::start(vec![data::project()]).await;
    let add = |row: &mut agent_platform::labels::LabelRow| {
        row.add("Vehicle").with_hash(VEHICLE).bounding_box(0.4, 0.4, 0.2, 0.2).on(0).map(drop)
    };
    editor.world.studio.edit_as("annotator@example.test", GROUP, add).unwrap();
    editor.go(GROUP).await;
    editor.click(0.5, 0.5).await;
    editor.browser.until_text(".selection", VEHICLE).await;
    editor
}

fn vehicle(editor: &Editor) -> BoundingBox {
    editor.row(GROUP).object(VEHICLE).unwrap().at(0).unwrap().coordinates().unwrap()
}

fn near(one: f64, other: f64) -> bool {
    (one - other).abs() < 0.006
}

#[tokio::test(flavor = "multi_thread")]
async fn box_moved_off_the_image_stops_at_its_edge() {
    let editor = with_box().await;
    editor.drag((0.5, 0.5), (1.15, 0.45)).await;
    editor.until_step("Move").await;
    let moved = vehicle(&editor);
    assert!((moved.x + moved.width - 1.0).abs() < 1e-9 && near(moved.y, 0.35), "{moved:?}");
    assert!((moved.width - 0.2).abs() < 1e-9 && (moved.height - 0.2).abs() < 1e-9, "{moved:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_shape_moved_far_away_stays_inside_the_image() {
    let editor = Editor::open(IMAGE).await;
    let browser = &editor.browser;
    for (key, to) in [("Wheel", (-0.15, 0.9)), ("Sign", (1.14, -0.02)), ("Sun", (0.7, -0.03)), ("Walker", (1.14, 0.98))]
    {
        let hash = editor.row(IMAGE).objects_of_class(key).next().unwrap().hash().to_owned();
        browser.click(&format!(".objects [data-hash={}]", json!(hash))).await;
        browser.until_text(".selection", key).await;
        let script = format!(
            "[0, 1].map((axis) => (stage.shape({0}).box[axis] + stage.shape({0}).box[axis + 2]) / 2 / [640, 480][axis])",
            json!(hash)
        );
        let middle = editor.page(&script).await;
        let from = (middle[0].as_f64().unwrap(), middle[1].as_f64().unwrap());
        editor.drag(from, to).await;
        editor.until_step("Move").await;
        let shown = editor.page(&format!("[...stage.shape({}).box]", json!(hash))).await;
        let side = |at: usize| shown[at].as_f64().unwrap();
        let inside = side(0) > -0.01 && side(1) > -0.01 && side(2) < 640.01 && side(3) < 480.01;
        assert!(inside, "{key} lies outside of the image: {shown}");
        let touches = side(0) < 0.5 || side(1) < 0.5 || side(2) > 639.5 || side(3) > 479.5;
        assert!(touches, "{key} does not reach the edge: {shown}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn corner_dragged_onto_the_opposite_one_keeps_a_box() {
    let editor = with_box().await;
    editor.drag((0.6, 0.6), (0.4, 0.4)).await;
    editor.until_step("Move a vertex").await;
    let collapsed = vehicle(&editor);
    assert!(collapsed.width > 0.003 && collapsed.height > 0.003 && near(collapsed.x, 0.4), "{collapsed:?}");
    // A corner that is dragged off the image stops at its edge.
    editor.browser.press_with_control("z").await;
    editor.browser.until_text(".toast", "Undone").await;
    editor.settled().await;
    editor.drag((0.6, 0.6), (1.12, 0.8)).await;
    editor.until_step("Move a vertex").await;
    let stretched = vehicle(&editor);
    assert!((stretched.x + stretched.width - 1.0).abs() < 1e-9 && near(stretched.height, 0.4), "{stretched:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn rotated_box_is_resized_inside_the_image() {
    let editor = Editor::open(IMAGE).await;
    let hash = editor.row(IMAGE).objects_of_class("Sign").next().unwrap().hash().to_owned();
    editor.browser.click(&format!(".objects [data-hash={}]", json!(hash))).await;
    editor.browser.until_text(".selection", "Sign").await;
    let corners = format!("[...stage.shape({}).rings[0]]", json!(hash));
    // The third corner is dragged far to the lower right, then onto the first one.
    for onto_first in [false, true] {
        let ring = editor.page(&corners).await;
        let corner = |at: usize| (ring[at].as_f64().unwrap() / 640.0, ring[at + 1].as_f64().unwrap() / 480.0);
        let to = if onto_first { corner(0) } else { (1.1, 1.02) };
        editor.drag(corner(4), to).await;
        editor.until_step("Move a vertex").await;
        let ring = editor.page(&corners).await;
        let side = |at: usize, size: f64| (-0.01..=size + 0.01).contains(&ring[at].as_f64().unwrap());
        assert!((0..4).all(|at| side(2 * at, 640.0) && side(2 * at + 1, 480.0)), "{ring}");
        let sign: RotatableBoundingBox = editor.row(IMAGE).object(&hash).unwrap().at(0).unwrap().coordinates().unwrap();
        assert!(sign.width * 640.0 > 0.99 && sign.height * 480.0 > 0.99 && sign.theta == 30.0, "{sign:?}");
        // The corner reached the edge of the image, or came back from it.
        let reaches = (0..8).any(|at| (ring[at].as_f64().unwrap() - [640.0, 480.0][at % 2]).abs() < 0.5);
        assert_eq!(reaches, !onto_first, "{ring}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn polygon_is_drawn_and_changed_inside_the_image() {
    let editor = Editor::open(GROUP).await;
    let browser = &editor.browser;
    browser.press(&["p"]).await;
    for (x, y) in [(-0.05, 0.2), (0.6, 0.2), (0.6, 1.01)] {
        editor.click(x, y).await;
    }
    browser.press(&[ENTER]).await;
    browser.until_text(".selection", "Field").await;
    editor.settled().await;
    let polygon = || -> Polygon { editor.row(GROUP).objects().next().unwrap().at(0).unwrap().coordinates().unwrap() };
    let drawn = polygon();
    let corners = drawn.outline();
    assert!(corners[0].x == 0.0 && near(corners[0].y, 0.2) && corners[2].y == 1.0, "{drawn:?}");
    browser.press(&["v"]).await;
    editor.drag((corners[1].x, corners[1].y), (0.7, -0.02)).await;
    editor.until_step("Move a vertex").await;
    let changed = polygon();
    assert!(changed.outline()[1].y == 0.0 && near(changed.outline()[1].x, 0.7), "{changed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn box_drawn_outside_the_image_is_not_saved() {
    let editor = Editor::open(GROUP).await;
    editor.browser.press(&["b"]).await;
    editor.drag((-0.05, 0.2), (-0.02, 0.6)).await;
    // The next box is saved, and is the only one.
    editor.drag((0.2, 0.2), (1.1, 0.6)).await;
    editor.until_step("Draw Vehicle").await;
    let row = editor.row(GROUP);
    assert_eq!(row.objects().count(), 1);
    let drawn: BoundingBox = row.objects().next().unwrap().at(0).unwrap().coordinates().unwrap();
    assert!((drawn.x + drawn.width - 1.0).abs() < 1e-9, "{drawn:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn unfinished_polygon_is_discarded_on_frame_change() {
    let editor = Editor::open(GROUP).await;
    let browser = &editor.browser;
    browser.press(&["p"]).await;
    for (x, y) in [(0.2, 0.2), (0.6, 0.2), (0.6, 0.6)] {
        editor.click(x, y).await;
    }
    browser.press(&[RIGHT]).await;
    browser.until_text(".toast", "unfinished").await;
    editor.settled().await;
    browser.press(&[ENTER]).await;
    editor.click(0.2, 0.6).await;
    browser.press(&[ENTER]).await;
    editor.settled().await;
    // A single vertex on the new frame is not a polygon.
    assert_eq!(editor.page("[state.frame, state.draft.points.length]").await, json!([1, 1]));
    assert!(editor.world.studio.label_hash(GROUP, "main").is_none() || editor.row(GROUP).objects().count() == 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn unfinished_polygon_is_discarded_on_data_change() {
    let editor = Editor::open(IMAGE).await;
    let browser = &editor.browser;
    browser.press(&["p"]).await;
    for (x, y) in [(0.2, 0.2), (0.6, 0.2), (0.6, 0.6)] {
        editor.click(x, y).await;
    }
    editor.choose_data(GROUP).await;
    browser.press(&[ENTER]).await;
    editor.settled().await;
    assert_eq!(editor.page("[state.draft, state.labels.objects.size]").await, json!([null, 0]));
    assert_eq!(editor.row(IMAGE).objects().count(), 13);
}

#[tokio::test(flavor = "multi_thread")]
async fn escape_cancels_drag() {
    let editor = with_box().await;
    for (from, to) in [((0.5, 0.5), (0.7, 0.7)), ((0.6, 0.6), (0.8, 0.8))] {
        let (from, to) = (editor.place(from.0, from.1).await, editor.place(to.0, to.1).await);
        editor.browser.begin_drag(from, to).await;
        editor.browser.press(&[ESCAPE]).await;
        editor.browser.end_drag().await;
    }
    editor.browser.press(&["b"]).await;
    editor.browser.begin_drag(editor.place(0.1, 0.1).await, editor.place(0.3, 0.3).await).await;
    editor.browser.press(&[ESCAPE]).await;
    editor.browser.end_drag().await;
    editor.settled().await;
    let unmoved = vehicle(&editor);
    assert_eq!((unmoved.x, unmoved.y, unmoved.width), (0.4, 0.4, 0.2));
    assert_eq!(editor.row(GROUP).objects().count(), 1);
    // Tool and selection are kept: only the drag was cancelled.
    assert_eq!(editor.page("[state.tool, state.selection.size]").await, json!(["box", 1]));
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_while_drawing_removes_vertex() {
    let editor = Editor::open(GROUP).await;
    let browser = &editor.browser;
    browser.press(&["b"]).await;
    editor.drag((0.2, 0.2), (0.5, 0.6)).await;
    editor.until_step("Draw Vehicle").await;
    browser.press(&["p"]).await;
    for (x, y) in [(0.6, 0.2), (0.9, 0.2), (0.9, 0.6)] {
        editor.click(x, y).await;
    }
    browser.press_with_control("z").await;
    assert_eq!(editor.page("state.draft.points.length").await, json!(2));
    browser.click("[aria-label=Undo]").await;
    assert_eq!(editor.page("state.draft.points.length").await, json!(1));
    editor.settled().await;
    assert_eq!(editor.row(GROUP).objects().count(), 1);
    // Without a draft, undo applies to the saved box.
    browser.press_with_control("z").await;
    assert_eq!(editor.page("state.draft").await, json!(null));
    browser.press_with_control("z").await;
    browser.until_text(".toast", "Undone: Draw Vehicle").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn drawing_pauses_playback_on_its_frame() {
    let editor = Editor::open(VIDEO).await;
    let browser = &editor.browser;
    browser.press(&["b"]).await;
    let (from, to) = (editor.place(0.3, 0.75).await, editor.place(0.7, 0.95).await);
    // Slow enough that the video still plays when the box is drawn.
    let slowly = "const { play } = HTMLMediaElement.prototype; HTMLMediaElement.prototype.play = function () { \
                  this.playbackRate = 0.2; return play.call(this); }; const canvas = document.querySelector('#stage canvas'); \
                  canvas.addEventListener('pointerdown', () => { window.pressedOn = Number(canvas.dataset.frame); }, { capture: true })";
    browser.run(slowly).await;
    browser.press(&[" "]).await;
    browser.until("a later frame", "return Number(document.querySelector('#stage canvas').dataset.frame) > 0").await;
    browser.begin_drag(from, to).await;
    tokio::time::sleep(std::time::Duration::from_millis(1200)).await;
    let shown = browser.run("return window.pressedOn").await.as_u64().unwrap();
    assert!(shown < 11, "the video has ended");
    browser.end_drag().await;
    editor.until_step("Draw Vehicle").await;
    assert_eq!(editor.page("[state.frame, stage.picture.frame]").await, json!([shown, shown]));
    let row = editor.row(VIDEO);
    // The two existing objects are on several frames.
    let frames: Vec<Vec<u64>> = row.objects().map(|one| one.frames().collect()).collect();
    assert!(frames.contains(&vec![shown]), "no object is on frame {shown} only: {frames:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn drawn_box_is_saved_after_a_studio_restart() {
    let Editor { browser, world } = Editor::open(GROUP).await;
    let port = world.studio.url().rsplit(':').next().unwrap().parse().unwrap();
    let World { studio, agents, forbidding, .. } = world;
    let place = |x: f64, y: f64| {
        format!(
            "const done = arguments[0]; import('/page/modules/stage.js').then(({{ stage, viewport }}) => {{ \
             const box = stage.canvas.getBoundingClientRect(); \
             const [x, y] = viewport.toScreen({x} * stage.picture.width, {y} * stage.picture.height); \
             done([Math.round(box.x + x), Math.round(box.y + y)]); }})"
        )
    };
    let mut corners = Vec::new();
    for (x, y) in [(0.2, 0.2), (0.5, 0.6), (0.35, 0.4)] {
        let found = browser.run_until_called_back(&place(x, y)).await;
        corners.push((found[0].as_i64().unwrap(), found[1].as_i64().unwrap()));
    }
    let before = browser.colour_at(corners[2]).await;
    studio.stop().await;
    drop((agents, forbidding));
    browser.press(&["b"]).await;
    browser.drag(corners[0], corners[1]).await;
    let toast = browser.until_text(".toast.bad", "The studio does not answer").await;
    assert!(toast.contains("The box stays on the image"), "{toast}");
    browser.until_text(".save-state", "Not saved").await;
    let after = browser.colour_at(corners[2]).await;
    assert!(before != after, "the box is not drawn: {before:?} {after:?}");

    // The box is saved once the studio is back.
    let world = World::start(vec![data::project()], port, None).await;
    let editor = Editor { browser, world };
    editor.browser.press(&[ENTER]).await;
    editor.until_step("Draw Vehicle").await;
    let row = editor.row(GROUP);
    let drawn: BoundingBox = row.objects().next().unwrap().at(0).unwrap().coordinates().unwrap();
    assert!(near(drawn.x, 0.2) && near(drawn.height, 0.4) && row.objects().count() == 1, "{drawn:?}");
    assert_eq!(editor.page("state.unsaved.length").await, json!(0));
}
