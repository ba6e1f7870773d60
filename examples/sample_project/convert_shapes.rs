//! `convert_shapes` on the sample project.

use agent_runtime::Server;
use agent_runtime::agent_platform::labels::{Bitmask, BoundingBox, LabelRow, Object, Polygon, RotatableBoundingBox};
use agent_runtime::media::Croppable;

use super::SampleProject;

/// Returns the object that the message reports as added.
fn added<'r>(row: &'r LabelRow, message: &str) -> Object<'r> {
    let (class, number) = message.strip_prefix("Added ").unwrap().trim_end_matches('.').rsplit_once(' ').unwrap();
    let number = number.parse().ok();
    row.objects_of_class(class).find(|object| object.number() == number).unwrap()
}

/// Converts an object, and returns the row and the hash of the new object.
async fn convert(sample: &SampleProject, path: &str, title: &str, hash: &str) -> (LabelRow, String) {
    let answer = sample.call(path, &sample.payload(title, 0, &[hash])).await;
    assert_eq!(answer.status, 200, "{}", answer.message);
    let row = sample.row(title);
    let hash = added(&row, &answer.message).hash().to_owned();
    (row, hash.to_string())
}

#[tokio::test]
async fn converts_masks_to_polygons_and_back() {
    let sample = SampleProject::start(Server::new()).await;
    for (title, hash) in [("espresso.jpg", "AqkoSIuI"), ("astronaut.jpg", "ZjjRVMu7"), ("photographer", "f1tcq++2")] {
        let before = sample.call("/validate-labels", &sample.payload(title, 0, &[])).await.message;
        let (row, outline) = convert(&sample, "/to-polygon", title, hash).await;
        let mask: Bitmask = row.object(hash).unwrap().at(0).unwrap().coordinates().unwrap();
        let polygon: Polygon = row.object(&outline).unwrap().at(0).unwrap().coordinates().unwrap();
        // An outline with all pixel corners would have several times as many vertices.
        assert!((2..=2000).contains(&polygon.vertex_count()), "{}", polygon.vertex_count());
        let (row, again) = convert(&sample, "/to-bitmask", title, &outline).await;
        let again: Bitmask = row.object(&again).unwrap().at(0).unwrap().coordinates().unwrap();
        assert_eq!(again, mask, "{title}");
        let after = sample.call("/validate-labels", &sample.payload(title, 0, &[])).await.message;
        assert_eq!(after, before, "what was added is right");
    }
}

#[tokio::test]
async fn transfers_answers() {
    let sample = SampleProject::start(Server::new()).await;
    // A cup with coffee, which has attributes nested two levels deep.
    let (row, mask) = convert(&sample, "/to-bitmask", "espresso.jpg", "Kp9mSO/t").await;
    let mask = row.object(&mask).unwrap();
    assert_eq!(mask.class().unwrap().name(), "Item mask");
    let options =
        |attribute| mask.answer(attribute).unwrap().options().iter().map(|o| o.label.clone()).collect::<Vec<_>>();
    assert_eq!((options("Kind"), options("Piece")), (vec!["Crockery".to_owned()], vec!["Cup".to_owned()]));
    assert_eq!(options("Contents"), ["Coffee", "Crema"]);
    assert_eq!(mask.answer("Hidden share").unwrap().as_number(), Some(0.02));
    let cup: Polygon = row.object("Kp9mSO/t").unwrap().at(0).unwrap().coordinates().unwrap();
    let pixels: Bitmask = mask.at(0).unwrap().coordinates().unwrap();
    let (drawn, covered) = (cup.area() * 600.0 * 400.0, f64::from(u32::try_from(pixels.area().unwrap()).unwrap()));
    assert!((drawn - covered).abs() / drawn < 0.01, "{drawn} {covered}");
}

#[tokio::test]
async fn boxes_enclose_converted_objects() {
    let sample = SampleProject::start(Server::new()).await;
    // The tower is a rotated box.
    let (row, outline) = convert(&sample, "/to-polygon", "rocket.jpg", "opIBYGdP").await;
    let (_, turned) = convert(&sample, "/to-rotated-box", "rocket.jpg", &outline).await;
    let turned: RotatableBoundingBox =
        sample.row("rocket.jpg").object(&turned).unwrap().at(0).unwrap().coordinates().unwrap();
    let was: RotatableBoundingBox = row.object("opIBYGdP").unwrap().at(0).unwrap().coordinates().unwrap();
    let numbers = |shape: RotatableBoundingBox| [shape.x, shape.y, shape.width, shape.height, shape.theta];
    assert!(numbers(was).iter().zip(numbers(turned)).all(|(was, now)| (was - now).abs() < 1e-6), "{was:?} {turned:?}");
    let (row, around) = convert(&sample, "/to-box", "espresso.jpg", "AqkoSIuI").await;
    let around: BoundingBox = row.object(&around).unwrap().at(0).unwrap().coordinates().unwrap();
    let spoon: Bitmask = row.object("AqkoSIuI").unwrap().at(0).unwrap().coordinates().unwrap();
    let pixels = spoon.pixels(600, 400).unwrap().relative(600, 400);
    assert!(around.intersection_over_union(&pixels) > 0.999_999, "{around:?} {pixels:?}");
}

#[tokio::test]
async fn reports_unsupported_conversions() {
    let sample = SampleProject::start(Server::new()).await;
    let cases: [(&str, &[&str], &str); 3] = [
        ("/to-box", &[], "Select the objects to convert."),
        ("/to-box", &["iUwXtGcp"], "Item box is already a bounding box."),
        ("/to-polygon", &["Kp9mSO/t"], "Item outline is already a polygon."),
    ];
    for (path, selected, complaint) in cases {
        let answer = sample.call(path, &sample.payload("espresso.jpg", 0, selected)).await;
        assert_eq!((answer.status, answer.message.as_str()), (400, complaint));
    }
}
