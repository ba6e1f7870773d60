//! Videos, image groups, audio files and texts.

use crate::editor::Editor;
use crate::webdriver::RIGHT;
use test_support::label_editor::data::{GROUP, SOUND, TEXT, VIDEO};

/// Waits until this frame is painted.
async fn until_frame(editor: &Editor, frame: u32) {
    let script = format!("return document.querySelector('#stage canvas').dataset.frame === '{frame}'");
    editor.browser.until(&format!("frame {frame}"), &script).await;
    editor.settled().await;
}

/// Returns the position of a frame's square, relative to the picture.
fn square(frame: u32) -> (f64, f64) {
    (f64::from(frame % 4) / 4.0, f64::from(frame / 4) / 3.0)
}

/// Asserts that picture and drawn label belong to the frame.
async fn check_frame(editor: &Editor, frame: u32) {
    let (x, y) = square(frame);
    let middle = editor.place(x + 0.125, y + 0.2).await;
    let [red, green, blue] = editor.browser.colour_at(middle).await;
    assert!(red > 200 && green > 130, "the square of frame {frame} is missing: {red} {green} {blue}");
    let other = square((frame + 5) % 12);
    let elsewhere = editor.place(other.0 + 0.125, other.1 + 0.2).await;
    let [other_red, ..] = editor.browser.colour_at(elsewhere).await;
    assert!(other_red < 170, "another square is bright in frame {frame}: {other_red}");
    // The right edge of the outline, or its left edge if the right one is at the edge of the picture.
    let edge = if frame % 4 == 3 { x } else { x + 0.25 };
    let (column, row) = editor.place(edge, y + 0.2).await;
    let mut found = false;
    for step in -2..=2 {
        let [red, green, _] = editor.browser.colour_at((column + step, row)).await;
        found |= red > green + 90;
    }
    assert!(found, "the label of frame {frame} is not drawn at its square");
}

#[tokio::test(flavor = "multi_thread")]
async fn video_frame_matches_labels() {
    let editor = Editor::open(VIDEO).await;
    let browser = &editor.browser;
    check_frame(&editor, 0).await;
    browser.press(&[RIGHT, RIGHT, RIGHT]).await;
    until_frame(&editor, 3).await;
    check_frame(&editor, 3).await;
    assert_eq!(editor.listed().await, 2);
    browser.fill(".frame-number", "10").await;
    until_frame(&editor, 10).await;
    check_frame(&editor, 10).await;
    assert_eq!(editor.listed().await, 1);
    for frame in [7, 1, 11, 4] {
        browser.fill(".frame-control input[type=range]", &frame.to_string()).await;
        until_frame(&editor, frame).await;
        check_frame(&editor, frame).await;
    }
    browser.reload().await;
    until_frame(&editor, 4).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn labels_follow_playing_video() {
    let editor = Editor::open(VIDEO).await;
    let browser = &editor.browser;
    // Checks the position of the bright square at each paint.
    let script = "
        const done = arguments[0];
        import('/page/modules/stage.js').then(({ addOverlay, stage, viewport }) => {
            const seen = [];
            addOverlay((context) => {
                const { frame, width, height } = stage.picture;
                const [x, y] = viewport.toScreen(((frame % 4) / 4 + 0.125) * width, (Math.floor(frame / 4) / 3 + 0.2) * height);
                const density = devicePixelRatio;
                const [red] = context.getImageData(x * density, y * density, 1, 1).data;
                seen.push([frame, red > 200]);
            });
            document.querySelector('[aria-label=Play]').click();
            const look = setInterval(() => {
                if (document.querySelector('[aria-label=Play]') === null) return;
                clearInterval(look);
                done(seen);
            }, 100);
        });";
    let seen = browser.run_until_called_back(script).await;
    let seen: Vec<(u64, bool)> = serde_json::from_value(seen).unwrap();
    assert!(seen.iter().all(|(_, right)| *right), "labels and picture are of different frames: {seen:?}");
    let mut frames: Vec<u64> = seen.iter().map(|(frame, _)| *frame).collect();
    frames.dedup();
    assert!(frames.len() >= 6 && frames.last() == Some(&11), "{frames:?}");
    assert!(frames.is_sorted(), "{frames:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn image_group_shows_thumbnails() {
    let editor = Editor::open(GROUP).await;
    let browser = &editor.browser;
    browser.until("three pictures", "return document.querySelectorAll('.strip button img').length === 3").await;
    browser.click(".strip [data-frame='2']").await;
    until_frame(&editor, 2).await;
    let dark = browser.colour_at(editor.place(0.5, 0.3).await).await;
    browser.click(".strip [data-frame='0']").await;
    until_frame(&editor, 0).await;
    let light = browser.colour_at(editor.place(0.5, 0.3).await).await;
    assert!(light[2] > dark[2] + 20, "{light:?} {dark:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn shows_ranges_of_audio_and_text() {
    let editor = Editor::open(TEXT).await;
    let browser = &editor.browser;
    browser.until_text(".text", "The quick brown").await;
    let marked = browser.run("return [...document.querySelectorAll('.text mark')].map((one) => one.innerText)").await;
    assert_eq!(marked, serde_json::json!(["fox", "dog"]));
    browser.until_text(".objects", "16–18, 40–42").await;
    browser.click(&format!("#data [data-hash='{SOUND}']")).await;
    browser.until("a player", "return document.querySelector('audio')?.duration > 1.9").await;
    browser.until_text(".objects", "400–1200").await;
    browser.fill(".new-range input[aria-label=From]", "1500").await;
    browser.fill(".new-range input[aria-label=To]", "1800").await;
    browser.click(".new-range button").await;
    browser.until_text(".objects", "1500–1800").await;
    assert_eq!(editor.row(SOUND).objects().count(), 2);
}
