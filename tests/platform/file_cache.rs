//! The cache of files and decoded frames: which calls download, and the independence of calls on one file.

use agent_runtime::agent_platform::client::{LabelRowFilter, SignedUrl};
use agent_runtime::prelude::*;
use agent_runtime::testing::TestClient;
use agent_studio::Effect;
use serde_json::json;

use crate::platform::world::{World, clip, group, image};

#[editor_agent]
async fn width(frame: FramePixels) -> String {
    frame.width().to_string()
}

/// Returns the sum of the frame's samples, and inverts its copy of the frame.
#[editor_agent]
async fn invert(frame: FramePixels) -> String {
    let sum: u64 = frame.as_raw().iter().map(|sample| u64::from(*sample)).sum();
    let mut image = frame.into_image();
    image.iter_mut().for_each(|sample| *sample = 255 - *sample);
    sum.to_string()
}

/// Overwrites its file.
#[editor_agent]
async fn overwrite(asset: Asset) -> Result<String> {
    let length = std::fs::read(asset.path())?.len();
    std::fs::write(asset.path(), b"overwritten")?;
    Ok(length.to_string())
}

async fn message(client: &TestClient, path: &str, payload: &AgentPayload) -> String {
    let response = client.call(path, payload).await;
    assert_eq!(response.status().as_u16(), 200, "{path}: {}", response.text());
    response.message().unwrap().to_owned()
}

#[tokio::test]
async fn later_calls_do_not_download_the_file_again() {
    let world = World::start().await;
    for (size, downloads) in [(64 << 20, 1), (0, 3)] {
        let client = TestClient::new(world.server(agents![width, overwrite]).file_cache(size)).unwrap();
        for (payload, width) in [(image(0), "160"), (group(1), "160"), (clip(20), "480")] {
            world.forget_calls();
            for _ in 0..2 {
                assert_eq!(message(&client, "/width", &payload).await, width);
            }
            message(&client, "/overwrite", &payload).await;
            assert_eq!(world.count("download"), downloads, "{width} {:?}", world.calls());
        }
    }
}

#[tokio::test]
async fn agents_cannot_change_a_cached_file() {
    let world = World::start().await;
    let client = world.client(agents![width, overwrite]);
    let length = message(&client, "/overwrite", &clip(0)).await;
    assert_eq!(message(&client, "/overwrite", &clip(0)).await, length);
    assert_eq!(message(&client, "/width", &clip(0)).await, "480");
    assert_eq!(world.count("download"), 1);
}

#[tokio::test]
async fn agents_cannot_change_a_cached_frame() {
    let world = World::start().await;
    let client = world.client(agents![invert]);
    for payload in [image(0), clip(0)] {
        let sum = message(&client, "/invert", &payload).await;
        assert_eq!(message(&client, "/invert", &payload).await, sum);
    }
}

#[tokio::test]
async fn caches_a_frame_without_its_file() {
    let world = World::start().await;
    // A quarter of the cache is less than the size that an entry counts at least.
    let client = TestClient::new(world.server(agents![width, overwrite]).file_cache(200 * 1024)).unwrap();
    for (path, downloads) in [("/width", 1), ("/width", 1), ("/overwrite", 2), ("/overwrite", 3), ("/width", 3)] {
        message(&client, path, &image(0)).await;
        assert_eq!(world.count("download"), downloads, "{path}");
    }
}

#[tokio::test]
async fn another_version_of_the_item_is_downloaded() {
    let world = World::start().await;
    let client = world.client(agents![width]);
    let platform = world.builder().build().unwrap();
    let filter = LabelRowFilter::default().data_hashes([image(0).data_hash]);
    let listed = platform.list_label_rows(image(0).project_hash, &filter).await.unwrap();
    let item = platform.storage_item(listed[0].backing_item_uuid.unwrap(), SignedUrl::Wanted).await.unwrap();
    world.forget_calls();
    for (edited, size, downloads) in [
        ("2024-05-01T08:00:00.000000+00:00", 10, 1),
        ("2024-05-01T08:00:00.000000+00:00", 10, 1),
        ("2024-05-01T08:00:00.000001+00:00", 10, 2),
        ("2024-05-01T08:00:00.000001+00:00", 11, 3),
    ] {
        let body = json!({
            "uuid": item.uuid, "parent": item.parent, "itemType": "image", "name": "image.jpg",
            "signedUrl": item.signed_url, "lastEditedAt": edited, "fileSize": size,
        });
        world.fault("storage item", Effect::answer(200, body.to_string()), 1);
        assert_eq!(message(&client, "/width", &image(0)).await, "160");
        assert_eq!(world.count("download"), downloads, "{edited} {size}");
    }
}

#[tokio::test]
async fn inaccessible_item_is_not_served_from_the_cache() {
    let world = World::start().await;
    let client = world.client(agents![width]);
    message(&client, "/width", &image(0)).await;
    world.fault("storage item", Effect::message(403, "No access."), 1);
    assert_eq!(client.call("/width", &image(0)).await.status().as_u16(), 403);
}
