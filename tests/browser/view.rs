//! Copying and pasting, hiding, locking and filtering objects, and view options.

use agent_platform::labels::{BoundingBox, LabelRow, Skeleton, Visibility};
use serde_json::json;

use crate::editor::Editor;
use crate::webdriver::{DELETE, RIGHT};
use test_support::label_editor::data::{self, GROUP, HALF, IMAGE, VIDEO};

const VEHICLE: &str = "VEHICLE1";

#[tokio::test(flavor = "multi_thread")]
async fn pastes_on_frames_and_other_data() {
    let editor = Editor::start(vec![data::project()]).await;
    let add = |row: &mut LabelRow| {
        let vehicle = row.add("Vehicle").with_hash(VEHICLE).bounding_box(0.4, 0.4, 0.2, 0.2);
        vehicle.answer("Colour", "Red").on(0).map(drop)
    };
    editor.world.studio.edit_as("annotator@example.test", GROUP, add).unwrap();
    editor.go(GROUP).await;
    let browser = &editor.browser;
    editor.click(0.5, 0.5).await;
    browser.until_text(".selection", VEHICLE).await;
    browser.press_with_control("c").await;
    browser.until_text(".toast", "Copied 1 object").await;
    // On the same frame: a new object, a little aside, with the same answers.
    browser.press_with_control("v").await;
    editor.until_step("Paste 1 object").await;
    let row = editor.row(GROUP);
    let pasted = row.objects().find(|object| *object.hash() != *VEHICLE).unwrap();
    let shape: BoundingBox = pasted.at(0).unwrap().coordinates().unwrap();
    assert!((shape.x - 0.42).abs() < 1e-9 && (shape.width - 0.2).abs() < 1e-9, "{shape:?}");
    assert!(pasted.answer("Colour").unwrap().has("Red"));
    // On another frame: the same object.
    browser.press(&[RIGHT]).await;
    editor.until_page("state.shownFrame === 1").await;
    browser.press_with_control("v").await;
    editor.until_page("state.labels.objects.get('VEHICLE1').on.has(1)").await;
    assert_eq!(editor.row(GROUP).objects().count(), 2);
    // On other data: a new object.
    editor.choose_data(HALF).await;
    browser.press_with_control("v").await;
    editor.until_step("Paste 1 object").await;
    let row = editor.row(HALF);
    let vehicle = row.objects_of_class("Vehicle").next().unwrap();
    assert_eq!(vehicle.at(0).unwrap().coordinates::<BoundingBox>().unwrap().x, 0.4);
}

#[tokio::test(flavor = "multi_thread")]
async fn paste_keeps_visibilities_of_skeleton() {
    let editor = Editor::open(IMAGE).await;
    let browser = &editor.browser;
    let source = editor.row(IMAGE).objects_of_class("Walker").next().unwrap().hash().to_owned();
    browser.click(&format!(".objects [data-hash={}]", json!(source))).await;
    browser.until_text(".selection", "Walker").await;
    browser.press_with_control("c").await;
    browser.until_text(".toast", "Copied 1 object").await;
    browser.press_with_control("v").await;
    editor.until_step("Paste 1 object").await;
    let visibilities = |data: &str, is_pasted: &dyn Fn(&str) -> bool| {
        let row = editor.row(data);
        let pasted = row.objects_of_class("Walker").find(|one| is_pasted(one.hash().as_str())).unwrap();
        let skeleton: Skeleton = pasted.at(0).unwrap().coordinates().unwrap();
        skeleton.vertices.into_iter().map(|vertex| (vertex.name, vertex.visibility)).collect::<Vec<_>>()
    };
    let original = visibilities(IMAGE, &|hash| hash == source.as_str());
    assert_eq!(original.iter().filter(|(_, visibility)| *visibility == Some(Visibility::Occluded)).count(), 1);
    assert_eq!(visibilities(IMAGE, &|hash| hash != source.as_str()), original);
    // On other data as well.
    editor.choose_data(GROUP).await;
    browser.press_with_control("v").await;
    editor.until_step("Paste 1 object").await;
    assert_eq!(visibilities(GROUP, &|_| true), original);
}

#[tokio::test(flavor = "multi_thread")]
async fn pastes_skeleton_that_lacks_point() {
    let editor = Editor::open(HALF).await;
    let browser = &editor.browser;
    browser.click(".objects [data-hash='WALKER02']").await;
    browser.until_text(".selection", "WALKER02").await;
    browser.press_with_control("c").await;
    browser.until_text(".toast", "Copied 1 object").await;
    editor.choose_data(GROUP).await;
    browser.press_with_control("v").await;
    editor.until_step("Paste 1 object").await;
    let skeleton = |data: &str| -> Skeleton {
        editor.row(data).objects_of_class("Walker").next().unwrap().at(0).unwrap().coordinates().unwrap()
    };
    let places = |data: &str| {
        let vertices = skeleton(data).vertices.into_iter();
        vertices.map(|vertex| (vertex.name, vertex.x.to_string(), vertex.y.to_string())).collect::<Vec<_>>()
    };
    assert_eq!(places(GROUP), places(HALF));
}

#[tokio::test(flavor = "multi_thread")]
async fn hides_locks_and_shows_objects_alone() {
    let editor = Editor::open(IMAGE).await;
    let browser = &editor.browser;
    let shown = "stage.index.shapes.length";
    editor.click(0.12, 0.82).await;
    browser.until_text(".selection", "Wheel").await;
    browser.press(&["h"]).await;
    browser.until_text(".objects [aria-selected=true]", "hidden").await;
    editor.until_page(&format!("{shown} === 12")).await;
    browser.press(&["y"]).await;
    editor.until_page(&format!("{shown} === 0")).await;
    // Shift+H.
    browser.press_with_shift("h").await;
    editor.until_page(&format!("{shown} === 13")).await;

    // A locked object is neither deleted nor selected on the image.
    browser.press(&["q"]).await;
    browser.until_text(".objects [aria-selected=true]", "locked").await;
    browser.press(&[DELETE]).await;
    browser.until_text(".toast", "A locked object is not deleted").await;
    editor.click(0.95, 0.05).await;
    browser.until_gone(".selection").await;
    editor.click(0.12, 0.82).await;
    assert_eq!(editor.page("state.selection.size").await, json!(0));
    assert_eq!(editor.row(IMAGE).objects().count(), 13);
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_objects_and_adjusts_image() {
    let editor = Editor::open(IMAGE).await;
    let browser = &editor.browser;
    browser.fill("[aria-label='Filter objects']", "field poly").await;
    browser.until_text(".objects h2", "2 of 13").await;
    browser.press_with_control("a").await;
    browser.until_text(".selection", "2 selected").await;
    browser.fill("[aria-label='Filter objects']", "").await;

    let place = editor.place(0.9, 0.9).await;
    let before = browser.colour_at(place).await;
    browser.click(".view > button").await;
    browser.fill("[aria-label=Brightness]", "200").await;
    editor.until_page("state.view.brightness === 2").await;
    editor.settled().await;
    let bright = browser.colour_at(place).await;
    assert!((0..3).all(|part| bright[part] > before[part]), "{before:?} {bright:?}");
    browser.click(".view-options .actions button").await;
    editor.until_page("state.view.brightness === 1").await;
    editor.settled().await;
    assert_eq!(browser.colour_at(place).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn actions_of_selection_stay_in_sight() {
    let editor = Editor::open(VIDEO).await;
    let browser = &editor.browser;
    for (width, height) in [(1280, 720), (700, 900), (1920, 1080)] {
        browser.resize(width, height).await;
        browser.run("document.querySelector(\".objects [data-hash='SQUARE01']\").click()").await;
        browser.until_text(".selection", "SQUARE01").await;
        for scrolled in [false, true] {
            let script = format!(
                "const section = document.querySelector('section.selection'); const panel = section.parentElement; \
                 if ({scrolled}) {{ section.scrollTop = 1e6; if (section.scrollHeight <= section.clientHeight) panel.scrollTop = 60; }} \
                 const {{ top, bottom }} = panel.getBoundingClientRect(); \
                 return [...section.querySelectorAll('.actions button')].filter((one) => {{ \
                   const box = one.getBoundingClientRect(); const below = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2); \
                   return box.top < top || box.bottom > Math.min(bottom, innerHeight) || below !== one; }}).map((one) => one.textContent)"
            );
            let hidden = browser.run(&script).await;
            assert_eq!(hidden, json!([]), "{width} x {height}, scrolled: {scrolled}");
        }
    }
}
