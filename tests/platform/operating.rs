//! Metrics and readiness of the platform client.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use agent_runtime::prelude::*;
use agent_runtime::testing::TestClient;
use agent_studio::Effect;

use crate::platform::world::{World, video};

#[editor_agent(on_conflict = "retry")]
async fn add(frame: Frame, row: &mut LabelRow) -> Result<()> {
    row.add("Vehicle").bounding_box(0.1, 0.1, 0.2, 0.2).on(frame)?;
    Ok(())
}

#[editor_agent]
async fn title(info: LabelRowInfo) -> Option<String> {
    info.data_title.clone()
}

pub(crate) async fn metric(client: &TestClient, name: &str) -> u64 {
    let text = client.get("/metrics").await.text();
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    value.unwrap_or_else(|| panic!("no {name} in\n{text}")).parse().unwrap()
}

#[tokio::test]
async fn counts_saves_and_platform_requests() {
    let world = World::start().await;
    let client = world.client(agents![add, title]);
    assert_eq!(client.call("/add", &video(0)).await.status().as_u16(), 200);
    assert_eq!(metric(&client, r#"editor_agent_saves_total{agent="/add"}"#).await, 1);
    let requests = u64::try_from(world.calls().len()).unwrap();
    assert_eq!(metric(&client, "editor_agent_platform_requests_total").await, requests);
    assert_eq!(metric(&client, "editor_agent_platform_repetitions_total").await, 0);
    world.fault("list", Effect::message(503, "Too busy."), 1);
    assert_eq!(client.call("/title", &video(0)).await.status().as_u16(), 200);
    assert_eq!(metric(&client, "editor_agent_platform_repetitions_total").await, 1);
    assert_eq!(metric(&client, "editor_agent_platform_failures_total").await, 0);
}

/// Another user saves during the first run.
#[editor_agent(on_conflict = "retry")]
async fn add_late(frame: Frame, world: State<World>, runs: State<Arc<AtomicUsize>>, row: &mut LabelRow) -> Result<()> {
    row.add("Vehicle").bounding_box(0.1, 0.1, 0.2, 0.2).on(frame)?;
    if runs.fetch_add(1, Ordering::SeqCst) == 0 {
        world.other_user_adds_a_box();
    }
    Ok(())
}

#[tokio::test]
async fn counts_the_save_of_the_second_run() {
    let world = World::start().await;
    let server = world.server(agents![add_late]).state(world.clone()).state(Arc::new(AtomicUsize::new(0)));
    let client = TestClient::new(server).unwrap();
    assert_eq!(client.call("/add-late", &video(0)).await.status().as_u16(), 200);
    assert_eq!(metric(&client, r#"editor_agent_saves_total{agent="/add-late"}"#).await, 1);
    assert_eq!(metric(&client, r#"editor_agent_conflicts_total{agent="/add-late"}"#).await, 1);
}

/// Like `add_late`, and starts background work.
#[editor_agent(on_conflict = "retry")]
async fn add_late_with_background(
    background: Background,
    frame: Frame,
    world: State<World>,
    counts: State<Arc<[AtomicUsize; 2]>>,
    row: &mut LabelRow,
) -> Result<()> {
    row.add("Vehicle").bounding_box(0.1, 0.1, 0.2, 0.2).on(frame)?;
    if counts[0].fetch_add(1, Ordering::SeqCst) == 0 {
        world.other_user_adds_a_box();
    }
    background.run(async move {
        counts[1].fetch_add(1, Ordering::SeqCst);
        Ok(())
    })
}

#[tokio::test]
async fn background_work_of_a_retried_agent_runs_once() {
    let world = World::start().await;
    let counts = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
    let server = world.server(agents![add_late_with_background]).state(world.clone()).state(Arc::clone(&counts));
    let client = TestClient::new(server).unwrap();
    assert_eq!(client.call("/add-late-with-background", &video(0)).await.status().as_u16(), 200);
    client.idle().await;
    assert_eq!(counts.each_ref().map(|count| count.load(Ordering::SeqCst)), [2, 1]);
}

#[tokio::test]
async fn readiness_reports_platform_failures_with_200() {
    let world = World::start().await;
    let client = world.client(agents![title]);
    assert_eq!(client.get("/readyz").await.json()["platform"], "ok");
    world.fault("list", Effect::message(500, "Broken."), 100);
    for _ in 0..3 {
        assert_eq!(client.call("/title", &video(0)).await.status().as_u16(), 502);
    }
    let ready = client.get("/readyz").await;
    assert_eq!((ready.status().as_u16(), &ready.json()["platform"]), (200, &"failing".into()));
    assert_eq!(metric(&client, "editor_agent_platform_failures_in_a_row").await, 3);
}
