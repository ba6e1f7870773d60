//! Pixel extractors: their requests, their values, and the messages for data without pixels.

use std::time::Duration;

use agent_runtime::agent_platform::labels::{Polygon, Vertex};
use agent_runtime::media::{BLACK, Limits, Rgb, RgbImage};
use agent_runtime::prelude::*;
use agent_runtime::testing::{TestClient, TestResponse};

use crate::platform::world::{World, damaged, group, image, sound};

#[editor_agent]
async fn middle(frame: FramePixels) -> String {
    let (width, height) = frame.dimensions();
    let [left, right] = [width / 4, 3 * width / 4].map(|x| frame.get_pixel(x, height / 2).0.map(|shade| shade / 16));
    format!("{width}x{height} {left:?} {right:?}")
}

#[editor_agent]
async fn perhaps(frame: Option<FramePixels>) -> String {
    frame.map_or("nothing".to_owned(), |frame| frame.width().to_string())
}

#[editor_agent]
async fn everything(
    frame: FramePixels,
    again: FramePixels,
    asset: Asset,
    crops: Crops<AnyRegion>,
    item: StorageItem,
    row: &LabelRow,
) -> Result<String> {
    ensure!(std::sync::Arc::ptr_eq(frame.shared(), again.shared()), "The frame was decoded twice.");
    let decoded = agent_runtime::media::decode(&asset.bytes().await?, &Limits::default())?;
    ensure!(decoded == *frame && std::fs::read(asset.path())? == asset.bytes().await?, "The asset is another image.");
    Ok(format!("{} {} {} {}", crops.len(), row.objects().count(), item.name, asset.suffix()))
}

/// Labels the image with a box, a rotated box, a polygon, a mask, an empty mask, a box outside of the image, and a
/// point.
#[editor_agent]
async fn label(row: &mut LabelRow) -> Result<String> {
    let mut hashes = Vec::new();
    let mut add = |hash: &str| hashes.push(hash.to_owned());
    add(row.add("Vehicle").bounding_box(0.25, 0.25, 0.5, 0.5).on(0)?.hash().as_str());
    let turned = RotatableBoundingBox { x: 0.4, y: 0.4, width: 0.3, height: 0.2, theta: 30.0 };
    add(row.add("Container").coordinates(turned).on(0)?.hash().as_str());
    let corners = [(0.0, 0.0), (0.5, 0.0), (0.0, 0.5)].map(|(x, y)| Vertex { x, y });
    add(row.add("Field").coordinates(Polygon::new(corners)).on(0)?.hash().as_str());
    let mut rows = vec![0; 160 * 120];
    rows[60 * 160 + 70..60 * 160 + 90].fill(1);
    add(row.add("Water").coordinates(Bitmask::from_rows(160, 120, &rows)?).on(0)?.hash().as_str());
    add(row.add("Water").coordinates(Bitmask::from_rows(160, 120, &vec![0; 160 * 120])?).on(0)?.hash().as_str());
    add(row.add("Vehicle").bounding_box(1.5, 0.0, 0.2, 0.2).beyond_media().on(0)?.hash().as_str());
    add(row.add("Marker").point(0.5, 0.5).on(0)?.hash().as_str());
    Ok(hashes.join(" "))
}

#[editor_agent]
async fn cut(crops: Crops<AnyRegion>) -> Result<String> {
    let mut parts = Vec::new();
    for crop in &crops {
        let pixels = crop.image()?;
        let colours = crop.masked(BLACK)?.pixels().filter(|pixel| **pixel != BLACK).count();
        parts.push(format!("{} {}x{} {colours}", crop.class(), pixels.width(), pixels.height()));
    }
    Ok(parts.join(", "))
}

#[editor_agent]
async fn containers(crops: Crops<AnyRegion>, turned: Crops<RotatableBoundingBox>) -> Result<String> {
    let mut parts = Vec::new();
    for crop in crops.of_class("Container") {
        parts.push(format!("{:?}", crop.image()?.dimensions()));
        let whole = crop.to_frame(&BoundingBox { x: 0.0, y: 0.0, width: 1.0, height: 1.0 })?;
        parts.push(format!("{:.2} {:.2}", whole.x, whole.width));
    }
    for crop in &turned {
        parts.push(format!("{:?}", crop.straightened()?.dimensions()));
    }
    Ok(parts.join(" "))
}

fn client(world: &World) -> TestClient {
    world.client(agents![middle, perhaps, everything, label, cut, containers])
}

fn status_and_message(response: &TestResponse) -> (u16, String) {
    (response.status().as_u16(), response.message().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn pixels_take_three_requests_and_of_a_group_four() {
    let world = World::start().await;
    let client = TestClient::new(world.server(agents![middle]).lookup_cache(0).file_cache(0)).unwrap();
    let response = status_and_message(&client.call("/middle", &image(0)).await);
    assert_eq!(response, (200, "160x120 [12, 0, 0] [0, 0, 15]".to_owned()));
    assert_eq!(world.calls(), ["list", "storage item", "download"]);

    for (frame, blue) in [(0, 0), (1, 5), (2, 10)] {
        world.forget_calls();
        let response = status_and_message(&client.call("/middle", &group(frame)).await);
        assert_eq!(response, (200, format!("160x120 [12, 0, 0] [0, 0, {blue}]")));
        assert_eq!(world.calls(), ["list", "storage item", "children", "download"]);
    }
}

#[tokio::test]
async fn one_download_serves_all_parameters() {
    let world = World::start().await;
    let client = client(&world);
    world.set_latency(Duration::from_millis(60));
    for (payload, children) in [(image(0), 0), (group(1), 1)] {
        world.forget_calls();
        let response = client.call("/everything", &payload).await;
        assert_eq!(response.status().as_u16(), 200, "{}", response.text());
        assert!(response.message().unwrap().ends_with(".jpeg"));
        for (kind, count) in [("list", 1 + children), ("storage item", 1), ("children", children), ("download", 1)] {
            // Without labels, the listing is requested again for the group's images.
            assert_eq!(world.count(kind), count, "{kind}");
        }
    }
    world.forget_calls();
    client.call("/everything", &crate::platform::world::video(0)).await;
    assert!(world.overlap("get", "storage item"));
}

#[tokio::test]
async fn missing_frame_error_names_number_of_frames() {
    let world = World::start().await;
    let client = client(&world);
    for (payload, sentence) in [
        (image(1), "There is no frame 1: the image image.jpg has 1 frame, counted from 0."),
        (group(3), "There is no frame 3: the image group group has 3 frames, counted from 0."),
        (crate::platform::world::video(10), "There is no frame 10: the video drive.mp4 has 10 frames, counted from 0."),
    ] {
        assert_eq!(status_and_message(&client.call("/middle", &payload).await), (404, sentence.to_owned()));
        assert_eq!(status_and_message(&client.call("/perhaps", &payload).await), (200, "nothing".to_owned()));
    }
    assert_eq!(world.count("download"), 0);
    assert_eq!(status_and_message(&client.call("/perhaps", &group(2)).await), (200, "160".to_owned()));
}

#[tokio::test]
async fn names_data_without_pixels_and_unreadable_files() {
    let world = World::start().await;
    let client = client(&world);
    let needs = "middle needs an image, an image group, an image sequence or a video; speech.mp3 is an audio file.";
    assert_eq!(status_and_message(&client.call("/middle", &sound()).await), (400, needs.to_owned()));
    assert_eq!(world.count("download"), 0);
    let (status, sentence) = status_and_message(&client.call("/middle", &damaged()).await);
    assert!(
        status == 400 && sentence.starts_with("torn.jpg cannot be read: the JPEG image is damaged: "),
        "{sentence}"
    );

    let server = world.server(agents![middle]).state(Limits::default().with_pixels(160 * 120 - 1));
    let sentence = "image.jpg cannot be read: the JPEG image has 160 x 120 pixels; more than 19199 are not read.";
    let small = TestClient::new(server).unwrap();
    assert_eq!(status_and_message(&small.call("/middle", &image(0)).await), (413, sentence.to_owned()));
}

#[tokio::test]
async fn crops_objects_and_names_those_without_pixels() {
    let world = World::start().await;
    let client = client(&world);
    let hashes = client.call("/label", &image(0)).await.message().unwrap().to_owned();
    let hashes: Vec<_> = hashes.split(' ').collect();
    let cut = async |objects: &[&str]| {
        status_and_message(&client.call("/cut", &image(0).with_objects(objects.to_vec())).await)
    };

    let (status, sentence) = cut(&hashes[..4]).await;
    assert_eq!(status, 200, "{sentence}");
    let parts: Vec<_> = sentence.split(", ").collect();
    assert_eq!([parts[0], parts[3]], ["Vehicle 80x60 4800", "Water 20x1 20"]);
    assert!(parts[1].starts_with("Container 54x45 11") && parts[2].starts_with("Field 80x60 24"), "{sentence}");
    assert_eq!(cut(&hashes[4..5]).await, (400, format!("The Water ({}) has an empty mask.", hashes[4])));
    assert_eq!(cut(&hashes[5..6]).await, (400, format!("The Vehicle ({}) lies outside of the image.", hashes[5])));
    let shapes = "bounding box, rotatable bounding box, polygon or bitmask";
    let wrong = format!("The selected Marker ({}) is a point; cut works on a {shapes} only.", hashes[6]);
    assert_eq!(cut(&hashes[6..]).await, (400, wrong));
    assert_eq!(cut(&["nobody"]).await.0, 404);
    // Without a selection the agent gets all objects, and the error names the first that cannot be cropped. Points are
    // skipped.
    let all = status_and_message(&client.call("/cut", &image(0)).await);
    assert_eq!(all, (400, format!("The Water ({}) has an empty mask.", hashes[4])));
    // Classes that are filtered out are not cropped, and cannot fail.
    let containers = status_and_message(&client.call("/containers", &image(0)).await);
    assert_eq!(containers, (200, "(54, 45) 0.38 0.34 (48, 24)".to_owned()));
}

#[tokio::test]
async fn agents_with_pixels_are_callable_as_functions() {
    let image = RgbImage::from_fn(160, 120, |x, _| Rgb([u8::try_from(x).unwrap(), 0, 0]));
    assert!(middle(FramePixels::new(image.clone())).await.starts_with("160x120 [2, 0, 0]"));
    let shape = AnyRegion::BoundingBox(BoundingBox { x: 0.5, y: 0.5, width: 0.25, height: 0.25 });
    let vehicle = ObjectInstance::new("hash", "Vehicle", 0, shape);
    assert_eq!(cut(Crops::new([vehicle], image)).await.unwrap(), "Vehicle 40x30 1200");
    let asset = Asset::from_bytes(&b"pixels"[..], ".jpg").unwrap();
    assert_eq!((asset.length(), std::fs::read(asset.path()).unwrap()), (6, b"pixels".to_vec()));
}

#[tokio::test]
async fn listing_has_the_requirements_of_pixels() {
    let world = World::start().await;
    let response = client(&world).get("/").await;
    let listing = response.json();
    let needs = |name: &str| {
        let agents = listing["agents"].as_array().unwrap();
        agents.iter().find(|agent| agent["name"] == name).unwrap()["needs"].clone()
    };
    assert_eq!(needs("middle"), serde_json::json!(["pixels of the frame"]));
    assert_eq!(needs("perhaps"), serde_json::json!(["pixels of the frame (if there)"]));
    let of_containers = ["crops of objects (AnyRegion)", "crops of objects (RotatableBoundingBox)"];
    assert_eq!(needs("containers"), serde_json::json!(of_containers));
    assert!(world.calls().is_empty());
}
