//! Cuboids of scenes, which are edited as numbers.

use agent_platform::labels::{Cuboid, LabelRow};
use agent_studio::{DataSource, MediaKind, ProjectSource};
use serde_json::json;

use crate::editor::Editor;
use crate::webdriver::{DELETE, ENTER};
use test_support::label_editor::data::PROJECT;

const SCAN: &str = "bbbb2222-0000-4000-8000-000000000041";
const CAR: &str = "CUBOID01";
const ONTOLOGY: &str = r##"{"objects": [
  {"id": "1", "name": "Car", "color": "#D33115", "shape": "cuboid", "featureNodeHash": "obCUBE01", "attributes": []}
], "classifications": []}"##;

fn project() -> ProjectSource {
    let scan = DataSource::new("scan", MediaKind::Scene).data_hash(SCAN);
    ProjectSource::new("Scans", ONTOLOGY).project_hash(PROJECT).data(scan)
}

/// Opens a scene with a cuboid on its fourth frame.
async fn with_cuboid() -> Editor {
    let editor = Editor::start(vec![project()]).await;
    let add = |row: &mut LabelRow| {
        let cuboid = Cuboid { position: [1.5, -2.0, 0.25], orientation: [0.0, 0.0, 1.25], size: [4.5, 1.75, 1.5] };
        row.add("Car").with_hash(CAR).coordinates(cuboid).on(3).map(drop)
    };
    editor.world.studio.edit_as("annotator@example.test", SCAN, add).unwrap();
    editor.go(SCAN).await;
    editor.browser.fill("[aria-label='Frame number']", "3").await;
    editor.browser.click(&format!(".objects [data-hash='{CAR}']")).await;
    editor.browser.until_text(".selection", CAR).await;
    editor
}

fn cuboid(editor: &Editor, hash: &str, frame: u64) -> Cuboid {
    editor.row(SCAN).object(hash).unwrap().at(frame).unwrap().coordinates().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn edits_numbers_of_cuboid() {
    let editor = with_cuboid().await;
    let browser = &editor.browser;
    let values = "return [...document.querySelectorAll('.cuboid input')].map((one) => one.value).join(' ')";
    assert_eq!(browser.run(values).await, "1.5 -2 0.25 0 0 1.25 4.5 1.75 1.5");
    let hash = editor.world.studio.label_hash(SCAN, "main").unwrap();
    let before = editor.world.studio.label_row(&hash).unwrap();
    browser.fill(".cuboid [aria-label='Position y']", "-2.125").await;
    editor.until_step("Set position").await;
    let expected = Cuboid { position: [1.5, -2.125, 0.25], orientation: [0.0, 0.0, 1.25], size: [4.5, 1.75, 1.5] };
    assert_eq!(cuboid(&editor, CAR, 3), expected);
    // Only the number changes, and who edited it when.
    let after = editor.world.studio.label_row(&hash).unwrap();
    let entry = |text: &str| {
        let start = text.find("\"cuboid\":{").unwrap();
        text[start..].split_once('}').unwrap().0.to_owned()
    };
    assert_eq!(entry(&before).replace("-2.0", "-2.125").replace("-2,", "-2.125,"), entry(&after));
    browser.fill(".cuboid [aria-label='Orientation z']", "-0.5").await;
    editor.until_step("Set orientation").await;
    browser.fill(".cuboid [aria-label='Size x']", "5").await;
    editor.until_step("Set size").await;
    let turned = cuboid(&editor, CAR, 3);
    assert_eq!((turned.orientation, turned.size), ([0.0, 0.0, -0.5], [5.0, 1.75, 1.5]));
    // A negative length is not saved.
    browser.fill(".cuboid [aria-label='Size y']", "-1").await;
    browser.until_text(".toast", "Enter a length of at least 0.").await;
    editor.settled().await;
    assert_eq!(cuboid(&editor, CAR, 3), turned);
    assert_eq!(browser.run(values).await, "1.5 -2.125 0.25 0 0 -0.5 5 1.75 1.5");
    browser.press_with_control("z").await;
    browser.until_text(".toast", "Undone: Set size").await;
    editor.settled().await;
    assert_eq!(cuboid(&editor, CAR, 3).size, [4.5, 1.75, 1.5]);
}

#[tokio::test(flavor = "multi_thread")]
async fn adds_and_deletes_cuboid() {
    let editor = with_cuboid().await;
    let browser = &editor.browser;
    assert_eq!(editor.page("state.shownFrame").await, json!(3));
    browser.run("document.querySelector('.new-cuboid button').focus()").await;
    browser.press(&[ENTER]).await;
    editor.until_step("Add Car").await;
    let row = editor.row(SCAN);
    let added = row.objects().find(|one| *one.hash() != *CAR).unwrap().hash().to_string();
    assert_eq!(cuboid(&editor, &added, 3), Cuboid { position: [0.0; 3], orientation: [0.0; 3], size: [1.0; 3] });
    browser.until_text(".selection", &added).await;
    browser.run("document.querySelector('#stage canvas').focus()").await;
    browser.press(&[DELETE]).await;
    editor.until_step("Delete Car").await;
    assert_eq!(editor.row(SCAN).objects().count(), 1);
}
