//! Tests of the README's agent and of those from the Python documentation, on the sample project.

use agent_runtime::Server;
use agent_runtime::agent_platform::labels::{Bitmask, BoundingBox};

use super::SampleProject;

#[test]
fn readme_contains_quickstart() {
    let file = include_str!("../quickstart.rs");
    let (about, code) = file.split_once("\n\n").unwrap();
    assert!(about.starts_with("//! "), "{about}");
    let readme = include_str!("../../README.md");
    assert!(readme.contains(&format!("\n```rust,no_run\n{code}```\n")), "the README shows other code than\n{code}");
}

#[tokio::test]
async fn quickstart_counts_selected_objects() {
    let sample = SampleProject::start(Server::new()).await;
    let two = sample.call("/count-selected", &sample.payload("table.mp4", 7, &["a1B2c3D4", "e5F6g7H8"])).await;
    assert_eq!((two.status, two.message.as_str()), (200, "Selected on frame 7: 2."));
    let none = sample.call("/count-selected", &sample.payload("table.mp4", 7, &[])).await;
    assert_eq!((none.status, none.message.as_str()), (400, "Select an object first."));
}

#[tokio::test]
async fn adds_bounding_box() {
    let sample = SampleProject::start(Server::new()).await;
    let there = |sample: &SampleProject| sample.row("table.mp4").frame(9).objects().count();
    let before = there(&sample);
    let answer = sample.call("/add-bounding-box", &sample.payload("table.mp4", 9, &[])).await;
    assert_eq!((answer.status, answer.message.as_str()), (200, "Added a box with the class Coin."));
    assert_eq!(there(&sample), before + 1);
    let row = sample.row("table.mp4");
    let (_, added) = row.frame(9).shapes::<BoundingBox>().last().unwrap();
    assert_eq!(added, BoundingBox { x: 0.2, y: 0.2, width: 0.6, height: 0.6 });
    // Data without labels.
    assert_eq!(sample.call("/add-bounding-box", &sample.payload("galaxies.jpg", 0, &[])).await.status, 200);
    assert_eq!(there_on(&sample, "galaxies.jpg"), 1);
}

fn there_on(sample: &SampleProject, title: &str) -> usize {
    sample.row(title).frame(0).objects().count()
}

#[tokio::test]
async fn adds_bitmask() {
    let sample = SampleProject::start(Server::new()).await;
    let answer = sample.call("/add-bitmask", &sample.payload("rocket.jpg", 0, &[])).await;
    assert_eq!(answer.status, 200, "{}", answer.message);
    let row = sample.row("rocket.jpg");
    let (object, ball) = row.frame(0).shapes::<Bitmask>().last().unwrap();
    let pixels = ball.area().unwrap();
    assert_eq!(answer.message, format!("Added a disc of {pixels} pixels with the class Item mask."));
    assert!((object.confidence() - 0.8).abs() < 1e-9);
    // The image is 427 pixels high, so the radius is 106.
    let circle = std::f64::consts::PI * 106.0 * 106.0;
    assert!((f64::from(u32::try_from(pixels).unwrap()) / circle - 1.0).abs() < 0.01, "{pixels}");
    assert_eq!((ball.width(), ball.height()), (640, 427));
}

#[tokio::test]
async fn describes_selected_objects() {
    let sample = SampleProject::start(Server::new()).await;
    let selected = ["GEWNmjCG", "XnxZm15K"];
    let answer = sample.call("/handle-object-hashes", &sample.payload("table.mp4", 0, &selected)).await;
    let expected = "2 objects: Coin GEWNmjCG, bounding box, on 44 frames, Metal Silver. \
                    Coin XnxZm15K, bounding box, on 1 frame, Metal Bronze.";
    assert_eq!((answer.status, answer.message.as_str()), (200, expected));
    let none = sample.call("/handle-object-hashes", &sample.payload("table.mp4", 0, &[])).await;
    assert_eq!((none.status, none.message.as_str()), (400, "Select one object or more."));
}
