//! The requests that each signature causes.

use std::time::Duration;

use agent_runtime::prelude::*;
use agent_runtime::testing::TestClient;
use axum::body::Body;
use axum::http::Request;

use crate::platform::world::{World, video};

#[editor_agent]
async fn only_the_frame(frame: Frame, _platform: PlatformClient) -> String {
    format!("Frame {frame}")
}

#[editor_agent]
async fn info(info: LabelRowInfo, again: &LabelRowInfo) -> String {
    format!("{} {:?}", info.data_title.unwrap_or_default(), again.number_of_frames)
}

#[editor_agent]
async fn project(project: Project, again: &Project) -> String {
    format!("{} {}", project.title, again.stages().len())
}

#[editor_agent]
async fn count_classes(ontology: Ontology, again: &Ontology) -> String {
    format!("{} {}", ontology.objects().count(), again.classifications().count())
}

#[editor_agent]
async fn item(item: StorageItem, again: &StorageItem) -> String {
    format!("{} {}", item.name, again.signed_url.is_some())
}

#[editor_agent]
async fn row(row: &LabelRow) -> String {
    format!("{} objects", row.objects().count())
}

#[editor_agent]
#[expect(clippy::too_many_arguments, reason = "everything there is")]
async fn everything(
    frame: Frame,
    selected: Selected<AnyShape>,
    boxes: FrameObjects<BoundingBox>,
    project: &Project,
    ontology: &Ontology,
    info: &LabelRowInfo,
    item: StorageItem,
    row: &mut LabelRow,
) -> Result<String> {
    row.edit(selected[0].hash())?.at(frame)?.change::<BoundingBox>(|shape| shape.x += 0.01)?;
    Ok(format!("{} {} {} {} {}", boxes.len(), project.title, ontology.objects().count(), info.data_hash, item.name))
}

/// Calls an agent of this world, and returns the requests that the platform received.
async fn requests_of(client: &TestClient, world: &World, path: &str) -> Vec<String> {
    world.forget_calls();
    let response = client.call(path, &video(0).with_objects(["vVehicl1"])).await;
    assert_eq!(response.status().as_u16(), 200, "{path}: {}", response.text());
    world.calls().into_iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn requests_only_what_the_signature_needs_and_once() {
    let world = World::start().await;
    let client = world.client(agents![only_the_frame, info, project, count_classes, item, row, everything]);
    for (path, calls) in [
        ("/only-the-frame", &[][..]),
        ("/info", &["list"]),
        ("/project", &["get project"]),
        ("/item", &["list", "storage item"]),
        ("/count-classes", &["get project", "get ontology"]),
        // From here on the ontology is cached.
        ("/count-classes", &[]),
        ("/row", &["list", "get"]),
    ] {
        assert_eq!(requests_of(&client, &world, path).await, calls, "{path}");
    }
    let mut everything = requests_of(&client, &world, "/everything").await;
    assert_eq!(everything.split_off(everything.len() - 3), ["get", "save", "get"]);
    everything.sort();
    assert_eq!(everything, ["get", "get project", "list", "storage item"]);
}

#[tokio::test]
async fn concurrent_calls_share_an_ontology_until_it_expires() {
    let world = World::start().await;
    let client = TestClient::new(world.server(agents![row]).ontology_age(Duration::from_millis(300))).unwrap();
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..10 {
        let client = client.clone();
        calls.spawn(async move { client.call("/row", &video(0)).await.status().as_u16() });
    }
    assert_eq!(calls.join_all().await, [200; 10]);
    assert_eq!((world.count("get ontology"), world.count("get project"), world.count("get")), (1, 1, 10));
    tokio::time::sleep(Duration::from_millis(350)).await;
    assert_eq!(client.call("/row", &video(0)).await.status().as_u16(), 200);
    assert_eq!(world.count("get ontology"), 2);
}

#[tokio::test]
async fn independent_requests_are_concurrent() {
    let world = World::start().await;
    world.set_latency(Duration::from_millis(40));
    requests_of(&world.client(agents![everything]), &world, "/everything").await;
    for (one, other) in [("get project", "list"), ("get ontology", "get"), ("storage item", "get")] {
        assert!(world.overlap(one, other), "{one} and {other}");
    }
}

#[tokio::test]
async fn requests_carry_the_trace_of_their_call() {
    let world = World::start().await;
    let client = world.client(agents![everything]);
    for trace in ["0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"] {
        world.forget_calls();
        let body = serde_json::to_vec(&video(0).with_objects(["vVehicl1"])).unwrap();
        let request = Request::post("/everything")
            .header("content-type", "application/json")
            .header("x-cloud-trace-context", format!("{trace}/7;o=1"))
            .body(Body::from(body));
        let response = client.send(request.unwrap()).await;
        assert_eq!(response.status().as_u16(), 200, "{}", response.text());
        let traces = world.traces();
        assert!(traces.len() >= 6 && traces.iter().all(|sent| sent == trace), "{traces:?}");
    }
}
