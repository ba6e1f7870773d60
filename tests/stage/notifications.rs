//! Drains that notifications and polling start.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use agent_runtime::prelude::*;
use agent_runtime::testing::TestClient;
use agent_runtime::testing::signature;
use agent_runtime::{RunningServer, Stage, uuid};
use agent_studio::CallKind;
use axum::http::Method;
use serde_json::json;
use test_support::http_client::{get, send};

use super::drains::mark;
use super::world::{PROJECT, STAGE, TOKEN, World};

const SECRET: &str = "whsec_made-up";

/// Waits until a condition holds.
async fn until(what: &str, condition: impl AsyncFn() -> bool) {
    let began = Instant::now();
    while !condition().await {
        assert!(began.elapsed() < Duration::from_secs(20), "{what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Returns a notification of tasks that wait in the stage.
fn work(uid: u128, project: uuid::Uuid) -> String {
    let stage = uuid::Uuid::from_u128(0x5001);
    let notification = json!({
        "uid": uuid::Uuid::from_u128(uid), "version": 1, "source": "Encord",
        "event_type": "agent_stage_work_available_event", "event_created_timestamp": "2023-11-14T22:13:20+00:00",
        "payload": { "project_hash": project, "stage_uuid": stage, "pending_count": 1, "reason": "batch_size_reached" }
    });
    notification.to_string()
}

/// Sends a signed notification to a running server.
async fn notify(server: &RunningServer, body: &str) -> u16 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs().to_string();
    let signature = signature(SECRET, &now, body.as_bytes());
    let headers = [("x-encord-signature", signature.as_str()), ("x-encord-timestamp", now.as_str())];
    send(&server.url(), Method::POST, "/stage-work", &headers, body.to_owned()).await.status.as_u16()
}

/// Moves a task back into the stage.
async fn put_back(world: &World, n: usize) {
    let client = world.client();
    let project = client.project(PROJECT).await.unwrap();
    let review = project.stages().iter().find(|stage| stage.title == "Complete").unwrap().uuid;
    let stage = project.stages().iter().find(|stage| stage.title == STAGE).unwrap().uuid;
    let path = format!("/v2/public/projects/{PROJECT}/workflow/stages/{review}/move-tasks");
    let task = world.task(n).await;
    let body = json!({ "taskUuids": [task], "destinationStageUuid": stage }).to_string();
    let bearer = format!("Bearer {TOKEN}");
    let response = send(&world.platform.url(), Method::POST, &path, &[("authorization", &bearer)], body).await;
    assert!(response.status.is_success(), "{}", response.text());
}

#[tokio::test]
async fn notification_wakes_the_drain() {
    let world = World::with_images(2).await;
    let stage = Stage::new(STAGE).pathway("done");
    // The task is there at the start, and comes back later.
    let server =
        world.server().agents(agents![]).stage(stage, agents![mark]).webhook_secret(SECRET).start().await.unwrap();
    until("the drain at the start", async || world.stage(1) == "Complete").await;
    put_back(&world, 1).await;
    assert_eq!(notify(&server, &work(1, PROJECT)).await, 200);
    until("the drain after the notification", async || world.stage(1) == "Complete").await;
    assert_eq!(world.objects(1), 2);
    server.stop().await;
}

#[tokio::test]
async fn signed_notification_names_the_project() {
    let world = World::with_images(1).await;
    let stage = Stage::new(STAGE).pathway("done");
    let server = Server::new().platform(world.client()).port(0).agents(agents![]).stage(stage, agents![mark]);
    let server = server.webhook_secret(SECRET).start().await.unwrap();
    assert_eq!(notify(&server, &work(1, PROJECT)).await, 200);
    until("the drain", async || world.stage(0) == "Complete").await;
    server.stop().await;
}

#[tokio::test]
async fn polling_finds_new_tasks() {
    let world = World::with_images(1).await;
    let stage = Stage::new(STAGE).pathway("done");
    let server = world.server().agents(agents![]).stage(stage, agents![mark]).stage_poll(Duration::from_millis(100));
    let server = server.start().await.unwrap();
    until("the first drain", async || world.stage(0) == "Complete").await;
    put_back(&world, 0).await;
    until("the next drain", async || world.stage(0) == "Complete" && world.objects(0) == 2).await;
    // The task is counted after the platform has moved it.
    let counted = r#"editor_agent_stage_tasks_total{stage="Pre-label",outcome="moved"} 2"#;
    until("the count", async || get(&server.url(), "/metrics").await.text().contains(counted)).await;
    server.stop().await;
}

#[tokio::test]
async fn polling_does_not_run_the_agent_again_on_tasks_it_left() {
    let world = World::with_images(1).await;
    let server = world.server().agents(agents![]).stage(STAGE, agents![mark]).stage_poll(Duration::from_millis(100));
    let server = server.start().await.unwrap();
    let listings = || world.platform.calls().count(CallKind::AgentTasks);
    until("several drains", async || listings() > 8).await;
    assert_eq!((world.stage(0).as_str(), world.objects(0)), (STAGE, 1));
    server.stop().await;
}

#[tokio::test]
async fn stage_without_secret_takes_no_notifications() {
    let world = World::with_images(1).await;
    let client = TestClient::new(world.server().agents(agents![]).stage(STAGE, agents![mark])).unwrap();
    assert_eq!(client.call("/stage-work", &json!({})).await.status(), 404);
    let with_secret = world.server().agents(agents![]).stage(STAGE, agents![mark]).webhook_secret(SECRET);
    assert_eq!(TestClient::new(with_secret).unwrap().call("/stage-work", &json!({})).await.status(), 401);
}
