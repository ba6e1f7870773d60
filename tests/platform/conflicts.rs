//! Conflicts: agents overwrite the labels of neither people nor other agents.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use agent_runtime::prelude::*;
use agent_runtime::testing::TestClient;

use super::operating::metric;
use crate::platform::world::{World, video};

/// Counts the agent's runs, and saves as another user during the first of them.
#[derive(Clone)]
struct OtherUser {
    world: World,
    runs: Arc<AtomicU32>,
    meddled_with: u32,
}

impl OtherUser {
    fn new(world: &World, meddled_with: u32) -> Self {
        Self { world: world.clone(), runs: Arc::default(), meddled_with }
    }

    fn run(&self) {
        if self.runs.fetch_add(1, Ordering::SeqCst) < self.meddled_with {
            self.world.other_user_adds_a_box();
        }
    }
}

async fn add(frame: Frame, row: &mut LabelRow, other_user: &OtherUser) -> Result<String> {
    let before = row.objects().count();
    row.add("Vehicle").bounding_box(0.5, 0.5, 0.1, 0.1).on(frame)?;
    other_user.run();
    Ok(format!("There were {before} objects."))
}

#[editor_agent]
async fn reject(frame: Frame, row: &mut LabelRow, State(other_user): State<OtherUser>) -> Result<String> {
    add(frame, row, &other_user).await
}

#[editor_agent(on_conflict = "retry")]
async fn retry(frame: Frame, row: &mut LabelRow, State(other_user): State<OtherUser>) -> Result<String> {
    add(frame, row, &other_user).await
}

#[editor_agent(on_conflict = "merge")]
async fn merge(frame: Frame, row: &mut LabelRow, State(other_user): State<OtherUser>) -> Result<String> {
    add(frame, row, &other_user).await
}

/// Moves the first box, while another user moves it, too.
#[editor_agent(on_conflict = "merge")]
async fn overlapping(frame: Frame, row: &mut LabelRow, State(other_user): State<OtherUser>) -> Result<()> {
    let to = |x: f64| {
        move |row: &mut LabelRow| row.edit("vVehicl1")?.at(0)?.change::<BoundingBox>(|shape| shape.x = x).map(drop)
    };
    to(0.125)(row)?;
    other_user.runs.fetch_add(1, Ordering::SeqCst);
    other_user.world.other_user_edits(to(0.5));
    ensure!(frame.0 == 0, "Another frame.");
    Ok(())
}

/// Runs for a while, during which an annotator keeps saving.
#[editor_agent(on_conflict = "merge")]
async fn slow(frame: Frame, row: &mut LabelRow, State(other_user): State<OtherUser>) -> Result<String> {
    for _ in 0..20 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        other_user.world.other_user_adds_a_box();
    }
    add(frame, row, &other_user).await
}

/// Saves the row explicitly.
#[editor_agent]
async fn save_by_value(
    call: EditorCall,
    frame: Frame,
    mut row: LabelRow,
    State(other_user): State<OtherUser>,
) -> Result<String> {
    row.add("Vehicle").bounding_box(0.5, 0.5, 0.1, 0.1).on(frame)?;
    other_user.run();
    call.save(&mut row).await?;
    Ok("saved".to_owned())
}

#[tokio::test]
async fn rejects_conflicting_save_with_409() {
    for path in ["/reject", "/save-by-value"] {
        let world = World::start().await;
        let other_user = OtherUser::new(&world, 1);
        let client = TestClient::new(world.server(agents![reject, save_by_value]).state(other_user.clone())).unwrap();
        let response = client.call(path, &video(0)).await;
        assert_eq!(response.status().as_u16(), 409, "{}", response.text());
        let message = response.message().unwrap();
        assert!(message.starts_with("Somebody else saved these labels"), "{message}");
        assert_eq!((world.count("save"), world.objects_of_video()), (0, 3), "{path}");
        // The next run starts from the current row.
        let response = client.call(path, &video(0)).await;
        assert_eq!((response.status().as_u16(), world.objects_of_video()), (200, 4), "{}", response.text());
    }
}

#[tokio::test]
async fn merges_edits_into_the_newer_row() {
    let world = World::start().await;
    let other_user = OtherUser::new(&world, 1);
    let client = TestClient::new(world.server(agents![merge]).state(other_user.clone())).unwrap();
    let response = client.call("/merge", &video(0)).await;
    assert_eq!(response.message(), Some("There were 2 objects."), "{}", response.text());
    assert_eq!(other_user.runs.load(Ordering::SeqCst), 1);
    assert_eq!((world.count("save"), world.objects_of_video()), (1, 4));
    assert_eq!(metric(&client, r#"editor_agent_merges_total{agent="/merge"}"#).await, 1);
    assert_eq!(metric(&client, r#"editor_agent_conflicts_total{agent="/merge"}"#).await, 0);
    let row = world.video_row();
    for untouched in [r#"{"spelt": 1.50e1}"#, r#""reviews": [{"by": "reviewer"}]"#, r#""y": 0.30}"#] {
        assert!(row.contains(untouched), "{untouched} is missing: {row}");
    }
}

#[tokio::test]
async fn edits_of_one_entry_conflict() {
    let world = World::start().await;
    let other_user = OtherUser::new(&world, 0);
    let client = TestClient::new(world.server(agents![overlapping]).state(other_user.clone())).unwrap();
    let response = client.call("/overlapping", &video(0)).await;
    assert_eq!(response.status().as_u16(), 409, "{}", response.text());
    assert!(response.message().unwrap().starts_with("Somebody else changed the same labels"), "{}", response.text());
    assert_eq!((world.count("save"), other_user.runs.load(Ordering::SeqCst)), (0, 1));
    assert!(world.video_row().contains(r#""x": 0.5"#) || world.video_row().contains(r#""x":0.5"#));
}

#[tokio::test]
async fn slow_agent_saves_once_beside_a_busy_annotator() {
    let world = World::start().await;
    let other_user = OtherUser::new(&world, 0);
    let client = TestClient::new(world.server(agents![slow]).state(other_user.clone())).unwrap();
    let response = client.call("/slow", &video(0)).await;
    assert_eq!(response.status().as_u16(), 200, "{}", response.text());
    assert_eq!(other_user.runs.load(Ordering::SeqCst), 1);
    assert_eq!((world.count("save"), world.objects_of_video()), (1, 2 + 20 + 1));
}

#[tokio::test]
async fn retry_runs_on_the_current_row() {
    let world = World::start().await;
    let other_user = OtherUser::new(&world, 2);
    let client = TestClient::new(world.server(agents![retry]).state(other_user.clone())).unwrap();
    let response = client.call("/retry", &video(0)).await;
    assert_eq!(response.message(), Some("There were 4 objects."), "{}", response.text());
    assert_eq!(other_user.runs.load(Ordering::SeqCst), 3);
    // Each run reads the row and compares it before saving. After the save it is read back.
    assert_eq!((world.count("save"), world.count("get"), world.objects_of_video()), (1, 3 * 2 + 1, 5));
}

#[tokio::test]
async fn gives_up_after_three_retries() {
    let world = World::start().await;
    let other_user = OtherUser::new(&world, u32::MAX);
    let client = TestClient::new(world.server(agents![retry]).state(other_user.clone())).unwrap();
    let response = client.call("/retry", &video(0)).await;
    assert_eq!(response.status().as_u16(), 409, "{}", response.text());
    assert_eq!((other_user.runs.load(Ordering::SeqCst), world.count("save")), (4, 0));
}

#[tokio::test]
async fn serializes_agents_of_one_process_on_a_row() {
    let world = World::start().await;
    let other_user = OtherUser::new(&world, 0);
    let client = TestClient::new(world.server(agents![reject, save_by_value]).state(other_user)).unwrap();
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let client = client.clone();
        calls.spawn(async move { client.call("/reject", &video(0)).await.status().as_u16() });
    }
    assert_eq!(calls.join_all().await, [200; 20]);
    assert_eq!((world.count("save"), world.objects_of_video()), (20, 22));
}
