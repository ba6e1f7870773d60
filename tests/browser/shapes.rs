//! Drawing and changing every shape.

use agent_platform::labels::{
    Circle, Coordinates, Cuboid2d, Cuboid2dDepth, Ellipse, Point, Polygon, Polyline, RotatableBoundingBox, Skeleton,
};
use serde_json::json;

use crate::editor::Editor;
use crate::webdriver::{DELETE, ENTER};
use test_support::label_editor::data::GROUP;

/// Returns the coordinates of the only object of a class on the first frame.
fn shape<S: Coordinates>(editor: &Editor, class: &str) -> S {
    let row = editor.row(GROUP);
    row.objects_of_class(class).next().unwrap().at(0).unwrap().coordinates().unwrap()
}

/// Returns whether two numbers are equal within two pixels of the image.
fn near(one: f64, other: f64) -> bool {
    (one - other).abs() < 0.01
}

/// Returns the handles of the selected object, as kind and place relative to the image.
async fn handle(editor: &Editor, kind: &str, number: usize) -> (f64, f64) {
    let script = format!(
        "import('/page/modules/overlay.js').then(({{ visibleHandles }}) => {{ const {{ width, height }} = stage.picture; \
         const {{ entry }} = stage.shape([...state.selection][0]); \
         const {{ x, y }} = visibleHandles(entry, stage.picture, null).filter((one) => one.kind === {})[{number}]; \
         return [x / width, y / height]; }})",
        json!(kind)
    );
    let place = editor.page(&script).await;
    (place[0].as_f64().unwrap(), place[1].as_f64().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn draws_every_shape_with_its_tool() {
    let editor = Editor::open(GROUP).await;
    let browser = &editor.browser;
    for (key, class, from, to) in [
        ("o", "Sign", (0.1, 0.1), (0.3, 0.3)),
        ("e", "Wheel", (0.4, 0.1), (0.6, 0.3)),
        ("c", "Sun", (0.8, 0.2), (0.8, 0.32)),
        ("s", "Walker", (0.1, 0.4), (0.3, 0.8)),
        ("u", "Crate", (0.4, 0.5), (0.6, 0.8)),
    ] {
        browser.press(&[key]).await;
        editor.drag(from, to).await;
        editor.until_step(&format!("Draw {class}")).await;
    }
    browser.press(&["l"]).await;
    for x in [0.7, 0.8, 0.9] {
        editor.click(x, 0.5).await;
    }
    browser.press(&[ENTER]).await;
    editor.until_step("Draw Lane").await;
    browser.press(&["d"]).await;
    editor.click(0.8, 0.7).await;
    editor.until_step("Draw Tip").await;

    let sign: RotatableBoundingBox = shape(&editor, "Sign");
    assert!(near(sign.x, 0.1) && near(sign.width, 0.2) && sign.theta == 0.0, "{sign:?}");
    let wheel: Ellipse = shape(&editor, "Wheel");
    assert!(near(wheel.x, 0.5) && near(wheel.y, 0.2) && near(wheel.rx, 0.1) && near(wheel.ry, 0.1), "{wheel:?}");
    let sun: Circle = shape(&editor, "Sun");
    // The radius is a fraction of the width, and the images are 320 × 240.
    assert!(near(sun.x, 0.8) && near(sun.radius, 0.12 * 0.75) && sun.stretch == 1.0, "{sun:?}");
    let walker: Skeleton = shape(&editor, "Walker");
    let [head, hand] = ["head", "right hand"].map(|name| walker.vertex(name).unwrap());
    assert!(near(head.x, 0.2) && near(head.y, 0.4) && near(hand.x, 0.3) && near(hand.y, 0.6), "{walker:?}");
    let cuboid: Cuboid2d = shape(&editor, "Crate");
    let Cuboid2dDepth::Isometric { offset } = cuboid.depth else { panic!("{cuboid:?}") };
    assert!(near(cuboid.front[2].x, 0.6) && near(offset.x, 0.05) && near(offset.y, -0.075), "{cuboid:?}");
    let lane: Polyline = shape(&editor, "Lane");
    assert!(lane.points.len() == 3 && near(lane.points[2].x, 0.9), "{lane:?}");
    let tip: Point = shape(&editor, "Tip");
    assert!(near(tip.x, 0.8) && near(tip.y, 0.7), "{tip:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn handles_turn_and_resize_shapes() {
    let editor = Editor::open(GROUP).await;
    let browser = &editor.browser;
    // A box turned by a quarter: its handle is dragged from above to the right.
    browser.press(&["o"]).await;
    editor.drag((0.4, 0.4), (0.6, 0.6)).await;
    editor.until_step("Draw Sign").await;
    browser.press(&["v"]).await;
    editor.drag(handle(&editor, "turn", 0).await, (0.9, 0.5)).await;
    editor.until_step("Rotate").await;
    let sign: RotatableBoundingBox = shape(&editor, "Sign");
    assert!((sign.theta - 90.0).abs() < 1.5 && near(sign.width, 0.2), "{sign:?}");
    browser.press(&[DELETE]).await;
    editor.until_step("Delete Sign").await;

    browser.press(&["e"]).await;
    editor.drag((0.4, 0.4), (0.6, 0.6)).await;
    editor.until_step("Draw Wheel").await;
    browser.press(&["v"]).await;
    editor.drag(handle(&editor, "radius", 0).await, (0.8, 0.5)).await;
    editor.until_step("Resize").await;
    let wheel: Ellipse = shape(&editor, "Wheel");
    assert!(near(wheel.rx, 0.3) && near(wheel.ry, 0.1), "{wheel:?}");
    browser.press(&[DELETE]).await;
    editor.until_step("Delete Wheel").await;

    browser.press(&["u"]).await;
    editor.drag((0.3, 0.5), (0.5, 0.8)).await;
    editor.until_step("Draw Crate").await;
    browser.press(&["v"]).await;
    editor.drag(handle(&editor, "depth", 0).await, (0.45, 0.3)).await;
    editor.until_step("Move the back").await;
    let cuboid: Cuboid2d = shape(&editor, "Crate");
    let Cuboid2dDepth::Isometric { offset } = cuboid.depth else { panic!("{cuboid:?}") };
    assert!(near(offset.x, 0.15) && near(offset.y, -0.2) && near(cuboid.front[0].x, 0.3), "{cuboid:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn inserts_and_deletes_vertices_and_cuts_hole() {
    let editor = Editor::open(GROUP).await;
    let browser = &editor.browser;
    browser.press(&["p"]).await;
    for (x, y) in [(0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8)] {
        editor.click(x, y).await;
    }
    browser.press(&[ENTER]).await;
    editor.until_step("Draw Field").await;

    browser.press(&["i"]).await;
    browser.until_text("#tool-options", "Hole in Field").await;
    for (x, y) in [(0.4, 0.4), (0.6, 0.4), (0.5, 0.6)] {
        editor.click(x, y).await;
    }
    browser.press(&[ENTER]).await;
    editor.until_step("Cut a hole").await;
    let field: Polygon = shape(&editor, "Field");
    assert_eq!(field.polygons[0].iter().map(Vec::len).collect::<Vec<_>>(), [4, 3]);

    // A drag from an edge inserts a vertex; a click on a vertex selects it.
    browser.press(&["v"]).await;
    editor.drag((0.5, 0.2), (0.5, 0.1)).await;
    editor.until_step("Insert a vertex").await;
    let field: Polygon = shape(&editor, "Field");
    assert!(
        field.vertex_count() == 8 && near(field.outline()[1].x, 0.5) && near(field.outline()[1].y, 0.1),
        "{field:?}"
    );
    editor.click(0.8, 0.8).await;
    browser.press(&[DELETE]).await;
    editor.until_step("Delete a vertex").await;
    let field: Polygon = shape(&editor, "Field");
    assert!(field.vertex_count() == 7 && !field.outline().iter().any(|one| near(one.x, 0.8) && near(one.y, 0.8)));
    // Without one of its three vertices, the hole is removed.
    editor.click(0.4, 0.4).await;
    browser.press(&[DELETE]).await;
    browser
        .until("no hole", "return document.querySelector('[aria-label=Undo]').title.includes('Delete a vertex')")
        .await;
    editor.until_page("state.labels.on(0)[0].polygons[0].length === 1").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn number_keys_take_classes_and_tools() {
    let editor = Editor::open(GROUP).await;
    let browser = &editor.browser;
    browser.press(&["3"]).await;
    assert_eq!(editor.page("[state.tool, state.drawClass]").await, json!(["rotated-box", "obROTA03"]));
    browser.press(&["2"]).await;
    browser.until_text(".class-choice", "Field (2)").await;
    assert_eq!(editor.page("state.tool").await, json!("polygon"));
    // The class of a tool is remembered beyond a reload.
    let remembered = browser.run("return JSON.parse(localStorage.getItem('drawn classes'))").await;
    assert_eq!(remembered.as_object().unwrap().values().next().unwrap()["polygon"], json!("obPOLY02"));
    browser.press(&["z", "6"]).await;
    assert_eq!(editor.page("[state.tool, viewport.view.scale]").await, json!(["skeleton", 1]));
}

#[tokio::test(flavor = "multi_thread")]
async fn sets_visibility_of_skeleton_point() {
    let editor = Editor::open(GROUP).await;
    let browser = &editor.browser;
    browser.press(&["s"]).await;
    editor.drag((0.1, 0.2), (0.4, 0.8)).await;
    editor.until_step("Draw Walker").await;
    browser.fill(".selection select[aria-label='Visibility of head']", "occluded").await;
    editor.until_step("Set visibility of head").await;
    browser.press(&["v"]).await;
    editor.drag(handle(&editor, "vertex", 0).await, (0.3, 0.1)).await;
    editor.until_step("Move a vertex").await;
    let walker: Skeleton = shape(&editor, "Walker");
    let head = walker.vertex("head").unwrap();
    assert!(near(head.x, 0.3) && near(head.y, 0.1), "{head:?}");
    assert_eq!(head.visibility.as_ref().map(agent_platform::labels::Visibility::as_str), Some("occluded"));
    assert_eq!(walker.vertex("hip").unwrap().visibility, None);
}
