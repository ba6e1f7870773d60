//! The real Python SDK runs a whole session against a project in a folder.

use agent_studio::{CallKind, LocalPlatform};
use test_support::studio::folder::{ProjectFolder, image, sound, video};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_whole_session_of_the_sdk() {
    let folder = ProjectFolder::new("");
    folder.write("project.toml", "title = \"Every file\"");
    folder.write("ontology.json", include_str!("scripts/all_shapes.json"));
    folder.write("data/street.bmp", image(64, 48));
    folder.write("data/walk/frame2.bmp", image(8, 6));
    folder.write("data/walk/frame10.bmp", image(8, 6));
    folder.write("data/drive.mp4", video(16));
    folder.write("data/speech.wav", sound(1500));
    folder.write("data/notes.txt", "grün und blau");
    folder.write("data/page.html", "<p>text</p>");
    folder.write("data/report.pdf", "%PDF-1.4\n1 0 obj <</Type /Page>> 2 0 obj <</Type /Page>>");
    folder.write("state.json", r#"{"tasks": {"speech.wav": {"stage": "Agent 1", "priority": 0.5}}}"#);
    let running = LocalPlatform::builder().folder(folder.path()).page_size(2).start().await.unwrap();
    let said = tokio::task::block_in_place(|| test_support::studio::python::run("session.py", &[], &running));
    assert!(said.ends_with("steps\n"), "{said}");
    for kind in [
        CallKind::SaveLabelRows,
        CallKind::CreateLabelRows,
        CallKind::Download,
        CallKind::UpdateStorageItems,
        CallKind::MoveTasks,
        CallKind::SetPriorities,
        CallKind::BearerToken,
        CallKind::ChildItems,
    ] {
        assert!(running.calls().count(kind) > 0, "{kind}");
    }
    let unknown: Vec<_> =
        running.calls().of_kind(CallKind::Other).into_iter().map(|call| (call.target, call.status)).collect();
    assert!(unknown.iter().all(|(_, status)| *status == Some(200)), "{unknown:?}");
}

/// The classes that the SDK's oldest form of the ontology knows: it raises over bitmasks, whoever serves them.
const LEGACY_SHAPES: &str = r##"{
  "objects": [{"id": "1", "name": "Car", "color": "#D33115", "shape": "bounding_box", "featureNodeHash": "obBOX001"}],
  "classifications": [{"id": "1", "featureNodeHash": "clSCEN01", "attributes": [
    {"id": "1.1", "name": "Scene", "type": "text", "featureNodeHash": "atSCEN01", "required": false}]}]
}"##;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn read_calls_of_the_sdk_give_results() {
    let folder = ProjectFolder::new("");
    folder.write("ontology.json", LEGACY_SHAPES);
    for name in ["street.bmp", "house.bmp", "group/1.bmp", "group/2.bmp"] {
        folder.write(&format!("data/{name}"), image(8, 6));
    }
    folder.write("state.json", r#"{"tasks": {"house.bmp": {"stage": "Review 1", "priority": 0.5}}}"#);
    let running = LocalPlatform::builder().folder(folder.path()).start().await.unwrap();
    let said = tokio::task::block_in_place(|| test_support::studio::python::run("reads.py", &[], &running));
    assert_eq!(said.trim(), "every call gave its result, or said that it is not supported");
}
