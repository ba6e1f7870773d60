//! Calls on a data unit that an earlier call has looked up: concurrent requests, and wrong guesses.

use std::time::Duration;

use agent_runtime::agent_platform::client::{LabelRowFilter, ReadLabels};
use agent_runtime::prelude::*;
use agent_runtime::testing::TestClient;
use agent_studio::{Effect, TimestampResolution};
use serde_json::json;

use crate::platform::world::{World, clip, group, image, video};

#[editor_agent]
async fn count(row: &LabelRow) -> String {
    format!("{} objects", row.objects().count())
}

#[editor_agent(branch = "review")]
async fn count_on_branch(row: &LabelRow) -> String {
    format!("{} objects", row.objects().count())
}

#[editor_agent]
async fn add(frame: Frame, row: &mut LabelRow) -> Result<String> {
    let before = row.objects().count();
    row.add("Vehicle").bounding_box(0.5, 0.5, 0.1, 0.1).on(frame)?;
    Ok(format!("{before} objects"))
}

#[editor_agent]
async fn pixels(frame: FramePixels, row: &LabelRow) -> String {
    format!("{} {}", frame.width(), row.objects().count())
}

async fn message(client: &TestClient, path: &str, payload: &AgentPayload) -> String {
    let response = client.call(path, payload).await;
    assert_eq!(response.status().as_u16(), 200, "{path}: {}", response.text());
    response.message().unwrap().to_owned()
}

/// Calls an agent while the platform holds back the listing. Returns once the other requests have arrived.
async fn arrive_beside_the_listing(
    world: &World,
    client: &TestClient,
    path: &'static str,
    payload: AgentPayload,
    expected: &[&str],
) {
    world.forget_calls();
    world.fault("list", Effect::Hang, 1);
    let call = tokio::spawn({
        let client = client.clone();
        async move { client.call(path, &payload).await }
    });
    let arrived = async {
        loop {
            let mut calls = world.calls();
            calls.retain(|call| !["get project", "get ontology"].contains(call));
            calls.sort_unstable();
            if calls == expected {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(30), arrived).await;
    assert!(waited.is_ok(), "{path}: {:?} instead of {expected:?}", world.calls());
    call.abort();
    world.platform().faults().clear();
}

#[tokio::test]
async fn requests_listing_row_and_item_together() {
    let world = World::start().await;
    let client = world.client(agents![count, add, pixels]);
    for (path, payload, expected) in [
        ("/count", video(0), &["get", "list"][..]),
        ("/add", video(0), &["get", "list"]),
        ("/pixels", clip(0), &["list", "storage item"]),
        ("/pixels", group(1), &["children", "list", "storage item"]),
    ] {
        message(&client, path, &payload).await;
        arrive_beside_the_listing(&world, &client, path, payload, expected).await;
    }
}

#[tokio::test]
async fn size_zero_disables_the_lookup_cache() {
    let world = World::start().await;
    let client = TestClient::new(world.server(agents![count]).lookup_cache(0)).unwrap();
    message(&client, "/count", &video(0)).await;
    arrive_beside_the_listing(&world, &client, "/count", video(0), &["list"]).await;
}

#[tokio::test]
async fn reads_a_row_that_was_created_again() {
    for path in ["/count", "/add"] {
        let world = World::start().await;
        let client = world.client(agents![count, add]);
        // The row as it was before: with another label hash.
        let now = Responses::now(&world).await;
        let before = |text: String| text.replace(&now.label_hash, "f3333333-aaaa-4bbb-8ccc-0000000000ff");
        world.fault("list", Effect::answer(200, before(now.listing.clone())), 1);
        world.fault("get", Effect::answer(200, before(now.row.clone())), 1);
        message(&client, "/count", &video(0)).await;
        world.other_user_adds_a_box();
        world.forget_calls();
        assert_eq!(message(&client, path, &video(0)).await, "3 objects");
        assert_eq!(world.objects_of_video(), if path == "/add" { 4 } else { 3 });
        assert!(world.count("get") >= 2, "{:?}", world.calls());
    }
}

#[tokio::test]
async fn creates_a_row_that_was_deleted() {
    let world = World::start().await;
    let client = world.client(agents![count, add]);
    message(&client, "/add", &image(0)).await;
    world.platform().reset_projects();
    assert_eq!(message(&client, "/count", &image(0)).await, "0 objects");
    message(&client, "/add", &image(0)).await;
    world.platform().reset_projects();
    assert_eq!(message(&client, "/add", &image(0)).await, "0 objects");
    assert_eq!(world.objects_of_image(), 1);
}

#[tokio::test]
async fn removed_data_is_404_despite_a_row() {
    let world = World::start().await;
    let client = world.client(agents![count]);
    message(&client, "/count", &video(0)).await;
    world.fault("list", Effect::answer(200, json!({"status": 200, "response": []}).to_string()), 1);
    let response = client.call("/count", &video(0)).await;
    assert_eq!(response.status().as_u16(), 404, "{}", response.text());
}

#[tokio::test]
async fn branches_have_rows_of_their_own() {
    let world = World::start().await;
    let client = world.client(agents![count, count_on_branch]);
    for _ in 0..2 {
        assert_eq!(message(&client, "/count", &video(0)).await, "2 objects");
        assert_eq!(message(&client, "/count-on-branch", &video(0)).await, "0 objects");
    }
}

/// The responses to the listing and to the request of the row of the video at one time.
struct Responses {
    listing: String,
    row: String,
    label_hash: String,
}

impl Responses {
    async fn now(world: &World) -> Self {
        let client = world.builder().build().unwrap();
        let (project, data) = (video(0).project_hash, video(0).data_hash);
        let filter = LabelRowFilter::default().data_hashes([data]);
        let listed = client.list_label_rows(project, &filter).await.unwrap().swap_remove(0);
        let label_hash = listed.label_hash.clone().unwrap();
        let row = client.label_row(project, &label_hash, &ReadLabels::default()).await.unwrap();
        let of = |entry: &str| format!(r#"{{"status": 200, "response": [{entry}]}}"#);
        Self { listing: of(listed.json().get()), row: of(row.get()), label_hash: label_hash.as_str().to_owned() }
    }
}

#[tokio::test]
async fn saving_call_reads_again_if_row_and_listing_differ() {
    for resolution in [TimestampResolution::Seconds, TimestampResolution::Microseconds] {
        for (name, requests) in [("get", 1), ("list", 2)] {
            let world = World::start_with(|builder| builder.timestamps(resolution)).await;
            let client = world.client(agents![add]);
            assert_eq!(message(&client, "/add", &video(0)).await, "2 objects");
            let old = Responses::now(&world).await;
            world.other_user_adds_a_box();
            // The old response stands for a request that was faster than the other user's save.
            let body = if name == "get" { old.row } else { old.listing };
            world.fault(name, Effect::answer(200, body), 1);
            world.forget_calls();
            let response = client.call("/add", &video(0)).await;
            // Within a second, times in seconds do not show the save; comparing the labels does.
            match response.status().as_u16() {
                200 => assert_eq!((response.message().unwrap(), world.objects_of_video()), ("4 objects", 5)),
                409 => assert_eq!((resolution, name, world.count("save")), (TimestampResolution::Seconds, "get", 0)),
                _ => panic!("{name}: {}", response.text()),
            }
            if resolution == TimestampResolution::Microseconds {
                assert!(world.count("get") > requests, "{name}: {:?}", world.calls());
            }
        }
    }
}

#[tokio::test]
async fn reading_call_never_mixes_rows_of_other_data() {
    let world = World::start().await;
    let client = world.client(agents![count]);
    message(&client, "/count", &video(0)).await;
    let listing =
        Responses::now(&world).await.listing.replace(&video(0).data_hash.to_string(), &clip(0).data_hash.to_string());
    // The listing names the row of one data unit for another.
    world.fault("list", Effect::answer(200, listing), 2);
    for _ in 0..2 {
        let response = client.call("/count", &clip(0)).await;
        assert_eq!(response.status().as_u16(), 502, "{}", response.text());
    }
}
