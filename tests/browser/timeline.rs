//! Timeline, keyframes and interpolation of a video.

use agent_platform::labels::{BoundingBox, FrameObject};
use serde_json::json;

use crate::editor::Editor;
use test_support::label_editor::data::VIDEO;

/// Goes to a frame, and waits for its picture.
async fn go_to(editor: &Editor, frame: u64) {
    editor.browser.fill(".frame-number", &frame.to_string()).await;
    let script = format!("return document.querySelector('#stage canvas').dataset.frame === '{frame}'");
    editor.browser.until(&format!("frame {frame}"), &script).await;
    editor.settled().await;
}

/// Returns the left edge of a box on each frame.
fn edges(editor: &Editor, hash: &str) -> Vec<f64> {
    let row = editor.row(VIDEO);
    row.object(hash).unwrap().placements().map(|at| at.coordinates::<BoundingBox>().unwrap().x).collect()
}

/// Returns the frames that count as labelled by hand.
fn keyframes(editor: &Editor, hash: &str) -> Vec<u64> {
    let row = editor.row(VIDEO);
    let manual = row.object(hash).unwrap().placements().filter(FrameObject::is_manual);
    manual.map(|at| at.frame()).collect()
}

/// Asserts that a box moves in a straight line between two frames, within a screen pixel.
fn check_straight(edges: &[f64], (from, first): (u32, f64), (to, last): (u32, f64)) {
    for frame in from..=to {
        let wanted = first + (last - first) * f64::from(frame - from) / f64::from(to - from);
        assert!((edges[frame as usize] - wanted).abs() < 0.006, "frame {frame} is not at {wanted}: {edges:?}");
    }
}

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

#[tokio::test(flavor = "multi_thread")]
async fn interpolates_between_keyframes_and_follows_them() {
    let editor = Editor::open(VIDEO).await;
    let browser = &editor.browser;
    let add = |row: &mut agent_platform::labels::LabelRow| {
        row.add("Vehicle").with_hash("TRACK001").bounding_box(0.1, 0.6, 0.2, 0.2).on(0).map(drop)
    };
    editor.world.studio.edit_as("other@example.test", VIDEO, add).unwrap();
    browser.click(".objects [data-hash='TRACK001']").await;
    go_to(&editor, 8).await;
    browser.until_text(".selection", "not on frame 8").await;
    browser.press(&["f"]).await;
    editor.until_step("Put on frame 8").await;
    editor.drag((0.2, 0.7), (0.6, 0.7)).await;
    editor.until_step("Move").await;
    browser.press(&["F"]).await;
    editor.until_step("Interpolate 0–8").await;
    assert_eq!(keyframes(&editor, "TRACK001"), [0, 8]);
    let straight = edges(&editor, "TRACK001");
    assert_eq!(straight.len(), 9);
    check_straight(&straight, (0, 0.1), (8, 0.5));
    go_to(&editor, 4).await;
    browser.until_text(".selection", "between keyframes").await;

    // Moving the object makes a keyframe. The frames before and after follow.
    editor.drag((0.4, 0.7), (0.2, 0.7)).await;
    browser.until_text(".selection dl", "Here\nkeyframe").await;
    editor.settled().await;
    assert_eq!(keyframes(&editor, "TRACK001"), [0, 4, 8]);
    check_straight(&edges(&editor, "TRACK001"), (0, 0.1), (4, 0.1));
    check_straight(&edges(&editor, "TRACK001"), (4, 0.1), (8, 0.5));
    let marks = "return [...document.querySelectorAll('.timeline .keyframe')].map((one) => one.dataset.frame).join()";
    assert_eq!(browser.run(marks).await, "0,4,8");
    browser.press(&["."]).await;
    browser.until("the next keyframe", "return document.querySelector('#stage canvas').dataset.frame === '8'").await;
    browser.press(&[",", ","]).await;
    browser.until("the first keyframe", "return document.querySelector('#stage canvas').dataset.frame === '0'").await;
    browser.press_with_control("z").await;
    browser.until_text(".toast", "Undone: Move").await;
    assert_eq!(edges(&editor, "TRACK001"), straight);
    assert!(browser.console().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn loop_repeats_range_until_an_edit_stops_it() {
    let editor = Editor::open(VIDEO).await;
    let browser = &editor.browser;
    go_to(&editor, 3).await;
    browser.press(&["w"]).await;
    go_to(&editor, 6).await;
    browser.press(&["W"]).await;
    browser.until_text(".frame-control .loop", "Loop 3–6").await;
    let record = "window.seen = []; const done = arguments[0]; \
                  import('/page/modules/state.js').then(({ on, state }) => { on(['frame'], () => window.seen.push(state.frame)); done(); })";
    browser.run_until_called_back(record).await;
    browser.press(&[" "]).await;
    // The loop has begun anew twice.
    browser
        .until(
            "two repetitions",
            "return window.seen.filter((frame, at) => at > 0 && frame < window.seen[at - 1]).length >= 3",
        )
        .await;
    let outside = browser.run("return window.seen.filter((frame) => frame < 3 || frame > 6)").await;
    assert_eq!(outside, json!([]));
    browser.run("document.querySelectorAll('.timeline text')[1].dispatchEvent(new Event('click'))").await;
    browser.press(&["\u{e017}"]).await;
    editor.until_step("Delete Vehicle").await;
    assert_eq!(editor.page("state.isPlaying").await, json!(false));
    browser.press(&["g"]).await;
    browser.until("no loop", "return document.querySelector('.frame-control .loop').ariaPressed === 'false'").await;
}
