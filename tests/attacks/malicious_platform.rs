//! A malicious or impersonated platform: oversized responses, rows that were not requested, redirects and endless responses.

use std::time::Duration;

use agent_runtime::agent_platform::client::LabelRowFilter;
use agent_runtime::prelude::*;
use agent_runtime::testing::TestResponse;
use agent_studio::Effect;
use tokio::net::TcpListener;

use crate::platform::world::{World, image, video};

#[editor_agent]
async fn look(pixels: FramePixels) -> String {
    format!("{} wide", pixels.width())
}

#[editor_agent]
async fn add(frame: Frame, row: &mut LabelRow) -> Result<()> {
    row.add("Vehicle").bounding_box(0.5, 0.5, 0.1, 0.1).on(frame)?;
    Ok(())
}

#[tokio::test]
async fn rejects_image_with_too_many_pixels() {
    let world = World::start().await;
    let announced = "GIF89a\x7f\x7f\x7f\x7f\0\0\0,\0\0\0\0\x7f\x7f\x7f\x7f\0\x02\x01\0\0;";
    world.fault("download", Effect::answer(200, announced), u64::MAX);
    let response = world.client(agents![look]).call("/look", &image(0)).await;
    assert_eq!(response.status().as_u16(), 413, "{}", response.text());
    assert!(response.message().unwrap().contains("32639"), "{}", response.text());
}

/// Returns the platform's response to a listing, with a replacement.
async fn listing(world: &World, what: &str, by: &str) -> Effect {
    let (platform, payload) = (world.builder().build().unwrap(), video(0));
    let filter = LabelRowFilter::default().data_hashes([payload.data_hash]);
    let rows = platform.list_label_rows(payload.project_hash, &filter).await.unwrap();
    let entry = rows[0].json().get().replace(what, by);
    world.forget_calls();
    Effect::answer(200, format!(r#"{{"status": 200, "response": [{entry}]}}"#))
}

fn row(world: &World, what: &str, by: &str) -> Effect {
    let row = world.video_row();
    assert!(row.contains(what));
    Effect::answer(200, format!(r#"{{"status": 200, "response": [{}]}}"#, row.replace(what, by)))
}

fn assert_rejected(world: &World, response: &TestResponse, status: u16, what: &str) {
    assert_eq!(response.status().as_u16(), status, "{what}: {}", response.text());
    assert!(response.message().is_some_and(|message| message.ends_with('.')), "{what}: {}", response.text());
    assert_eq!((world.count("save"), world.objects_of_video()), (0, 2), "{what}");
}

#[tokio::test]
async fn rejects_row_that_was_not_requested() {
    let data = video(0).data_hash.to_string();
    let other = "99999999-aaaa-4bbb-8ccc-000000000009";
    let world = World::start().await;
    let label_hash = world.platform().label_hash(&data, "main").unwrap();
    for (what, status) in [("another label row", 502), ("a row of another data unit", 502), ("nothing", 502)] {
        let effect = match what {
            "another label row" => row(&world, &label_hash, other),
            "a row of another data unit" => row(&world, &data, other),
            _ => Effect::answer(200, r#"{"status": 200, "response": []}"#),
        };
        world.fault("get", effect, 1);
        assert_rejected(&world, &world.client(agents![add]).call("/add", &video(0)).await, status, what);
    }
    // The listing before the read, and the row before the save.
    let effect = listing(&world, &data, other).await;
    world.fault("list", effect, 1);
    assert_rejected(
        &world,
        &world.client(agents![add]).call("/add", &video(0)).await,
        404,
        "an entry of another data unit",
    );
    world.fault_after(1, "get", row(&world, &label_hash, other));
    assert_rejected(&world, &world.client(agents![add]).call("/add", &video(0)).await, 502, "another row to compare");
}

#[tokio::test]
async fn rejects_row_created_for_other_data() {
    let world = World::start().await;
    world.fault("create", row(&world, "Vehicle", "Vehicle"), 1);
    let response = world.client(agents![add]).call("/add", &image(0)).await;
    assert_rejected(&world, &response, 502, "a row of another data unit");
}

#[tokio::test]
async fn rejects_file_that_was_not_requested() {
    let world = World::start().await;
    let item = r#"{"uuid": "99999999-aaaa-4bbb-8ccc-000000000009", "parent": "99999999-aaaa-4bbb-8ccc-000000000008",
        "itemType": "image", "name": "other.jpg", "signedUrl": "http://127.0.0.1:9/other.jpg"}"#;
    world.fault("storage item", Effect::answer(200, item), 1);
    let response = world.client(agents![look]).call("/look", &image(0)).await;
    assert_rejected(&world, &response, 502, "another storage item");
    assert_eq!(world.count("download"), 0);
}

#[tokio::test]
async fn follows_no_redirects() {
    let canary = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let inward = format!("http://{}/latest/meta-data", canary.local_addr().unwrap());
    let world = World::start().await;
    for (target, status) in [
        (inward.as_str(), 301),
        (inward.as_str(), 302),
        (inward.as_str(), 307),
        ("/v2/public/projects", 303),
        ("//127.0.0.1:9/", 308),
        ("", 302),
    ] {
        for call in ["get project", "list", "storage item", "download"] {
            let headers = vec![("Location".to_owned(), target.to_owned())];
            world.forget_calls();
            world.platform().faults().clear();
            world.fault(call, Effect::Answer { status, headers, body: String::new() }, u64::MAX);
            let path = if call == "get project" { "/add" } else { "/look" };
            let response = world.client(agents![look, add]).call(path, &image(0)).await;
            assert_rejected(&world, &response, 502, call);
            assert_eq!(world.count(call), 1, "{call} {status} {target}");
        }
    }
    let asked = tokio::time::timeout(Duration::from_millis(50), canary.accept()).await;
    assert!(asked.is_err(), "a redirect was followed");
}

#[tokio::test]
async fn survives_deeply_nested_responses() {
    let world = World::start().await;
    let client = world.client(agents![add, look]);
    let (open, close) = ("[".repeat(200_000), "]".repeat(200_000));
    let deep = format!("{open}{close}");
    let data = video(0).data_hash;
    let label_hash = world.platform().label_hash(&data.to_string(), "main").unwrap();
    let row = format!(r#"{{"label_hash": "{label_hash}", "data_hash": "{data}", "data_units": {deep}}}"#);
    for (call, body) in [
        ("get project", deep.clone()),
        ("get project", format!(r#"{{"title": {deep}}}"#)),
        ("get ontology", format!(r#"{{"editor": {deep}}}"#)),
        ("list", deep.clone()),
        ("list", format!(r#"{{"status": 200, "response": {deep}}}"#)),
        ("get", format!(r#"{{"status": 200, "response": [{row}]}}"#)),
    ] {
        world.fault(call, Effect::answer(200, body), 1);
        assert_rejected(&world, &client.call("/add", &video(0)).await, 502, call);
    }
    assert_eq!(client.call("/add", &video(0)).await.status().as_u16(), 200);
}
