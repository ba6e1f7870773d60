//! Shapes and their pictures.

use crate::editor::Editor;
use test_support::label_editor::data::{HALF, IMAGE};

#[tokio::test(flavor = "multi_thread")]
async fn bitmask_is_scaled_to_its_picture() {
    let editor = Editor::open(IMAGE).await;
    editor.choose_data(HALF).await;
    // The mask covers the left half. The image itself differs by 22 between left and right.
    let [left, ..] = editor.browser.colour_at(editor.place(0.25, 0.25).await).await;
    let [right, ..] = editor.browser.colour_at(editor.place(0.75, 0.25).await).await;
    assert!(right > left + 50, "the mask covers another part of the image: {left} {right}");
    let hit = "import('/page/modules/targets.js').then(({ objectAt }) => [0.25, 0.75].map((x) => \
               objectAt(...viewport.toScreen(x * stage.picture.width, 20)) !== null))";
    assert_eq!(editor.page(hit).await, serde_json::json!([true, false]));
}

#[tokio::test(flavor = "multi_thread")]
async fn labels_and_image_change_together() {
    let editor = Editor::open(IMAGE).await;
    // Checks at each paint that picture and labels belong to the same data.
    let watch = "import('/page/modules/stage.js').then(({ addOverlay }) => { window.mixed = []; addOverlay(() => { \
                 const [isHalf, hasHalf] = [stage.picture.width === 320, state.labels.objects.has('WALKER02')]; \
                 if (isHalf !== hasHalf) window.mixed.push([stage.picture.width, hasHalf]); }); })";
    editor.page(watch).await;
    for data in [HALF, IMAGE, HALF] {
        editor.choose_data(data).await;
    }
    assert_eq!(editor.browser.run("return window.mixed").await, serde_json::json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn skeleton_with_missing_vertex_has_no_wrong_edges() {
    let editor = Editor::open(HALF).await;
    // Four of six edges end at the missing chest. One goes from the hip to each foot.
    let ends = editor.page("stage.shape('WALKER02').lines.map((line) => [...line].map(Math.round))").await;
    let (left, right) = ([224, 130, 205, 168], [224, 130, 243, 168]);
    assert_eq!(ends, serde_json::json!([left, right]));
}
