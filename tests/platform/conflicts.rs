//! Nobody's labels are overwritten: not those of other people, not those of other agents of this process.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use agent_runtime::prelude::*;
use agent_runtime::testing::TestClient;

use super::operating::metric;
use crate::platform::world::{World, video};

/// How often the agent has run, and in how many of its runs somebody else saves meanwhile.
#[derive(Clone)]
struct Meddling {
    world: World,
    runs: Arc<AtomicU32>,
    meddled_with: u32,
}

impl Meddling {
    fn new(world: &World, meddled_with: u32) -> Self {
        Self { world: world.clone(), runs: Arc::default(), meddled_with }
    }

    fn run(&self) {
        if self.runs.fetch_add(1, Ordering::SeqCst) < self.meddled_with {
            self.world.somebody_else_adds_a_box();
        }
    }
}

async fn add(frame: Frame, row: &mut LabelRow, meddling: &Meddling) -> Result<String> {
    let before = row.objects().count();
    row.add("Vehicle").bounding_box(0.5, 0.5, 0.1, 0.1).on(frame)?;
    meddling.run();
    Ok(format!("There were {before} objects."))
}

#[editor_agent]
async fn refused(frame: Frame, row: &mut LabelRow, State(meddling): State<Meddling>) -> Result<String> {
    add(frame, row, &meddling).await
}

#[editor_agent(on_conflict = "retry")]
async fn run_again(frame: Frame, row: &mut LabelRow, State(meddling): State<Meddling>) -> Result<String> {
    add(frame, row, &meddling).await
}

#[editor_agent(on_conflict = "merge")]
async fn merged(frame: Frame, row: &mut LabelRow, State(meddling): State<Meddling>) -> Result<String> {
    add(frame, row, &meddling).await
}

/// Moves the first box, and meanwhile somebody else does.
#[editor_agent(on_conflict = "merge")]
async fn overlapping(frame: Frame, row: &mut LabelRow, State(meddling): State<Meddling>) -> Result<()> {
    let to = |x: f64| {
        move |row: &mut LabelRow| row.edit("vVehicl1")?.at(0)?.change::<BoundingBox>(|shape| shape.x = x).map(drop)
    };
    to(0.125)(row)?;
    meddling.runs.fetch_add(1, Ordering::SeqCst);
    meddling.world.somebody_else_edits(to(0.5));
    ensure!(frame.0 == 0, "Another frame.");
    Ok(())
}

/// Takes its time, while an annotator keeps saving.
#[editor_agent(on_conflict = "merge")]
async fn takes_its_time(frame: Frame, row: &mut LabelRow, State(meddling): State<Meddling>) -> Result<String> {
    for _ in 0..20 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        meddling.world.somebody_else_adds_a_box();
    }
    add(frame, row, &meddling).await
}

/// Saves by itself.
#[editor_agent]
async fn owner(call: EditorCall, frame: Frame, mut row: LabelRow, State(meddling): State<Meddling>) -> Result<String> {
    row.add("Vehicle").bounding_box(0.5, 0.5, 0.1, 0.1).on(frame)?;
    meddling.run();
    call.save(&mut row).await?;
    Ok("saved".to_owned())
}

#[tokio::test]
async fn refuses_conflicting_save_with_409() {
    for path in ["/refused", "/owner"] {
        let world = World::start().await;
        let meddling = Meddling::new(&world, 1);
        let client = TestClient::new(world.server(agents![refused, owner]).state(meddling.clone())).unwrap();
        let answer = client.call(path, &video(0)).await;
        assert_eq!(answer.status().as_u16(), 409, "{}", answer.text());
        let message = answer.message().unwrap();
        assert!(message.starts_with("Somebody else saved these labels"), "{message}");
        assert_eq!((world.count("save"), world.objects_of_video()), (0, 3), "{path}");
        // The next run starts from what is there now.
        let answer = client.call(path, &video(0)).await;
        assert_eq!((answer.status().as_u16(), world.objects_of_video()), (200, 4), "{}", answer.text());
    }
}

#[tokio::test]
async fn edits_are_merged_into_the_newer_row() {
    let world = World::start().await;
    let meddling = Meddling::new(&world, 1);
    let client = TestClient::new(world.server(agents![merged]).state(meddling.clone())).unwrap();
    let answer = client.call("/merged", &video(0)).await;
    assert_eq!(answer.message(), Some("There were 2 objects."), "{}", answer.text());
    assert_eq!(meddling.runs.load(Ordering::SeqCst), 1);
    assert_eq!((world.count("save"), world.objects_of_video()), (1, 4));
    assert_eq!(metric(&client, r#"editor_agent_merges_total{agent="/merged"}"#).await, 1);
    assert_eq!(metric(&client, r#"editor_agent_conflicts_total{agent="/merged"}"#).await, 0);
    let row = world.video_row();
    for untouched in [r#"{"spelt": 1.50e1}"#, r#""reviews": [{"by": "reviewer"}]"#, r#""y": 0.30}"#] {
        assert!(row.contains(untouched), "{untouched} is missing: {row}");
    }
}

#[tokio::test]
async fn edits_of_the_same_entry_are_a_conflict() {
    let world = World::start().await;
    let meddling = Meddling::new(&world, 0);
    let client = TestClient::new(world.server(agents![overlapping]).state(meddling.clone())).unwrap();
    let answer = client.call("/overlapping", &video(0)).await;
    assert_eq!(answer.status().as_u16(), 409, "{}", answer.text());
    assert!(answer.message().unwrap().starts_with("Somebody else changed the same labels"), "{}", answer.text());
    assert_eq!((world.count("save"), meddling.runs.load(Ordering::SeqCst)), (0, 1));
    assert!(world.video_row().contains(r#""x": 0.5"#) || world.video_row().contains(r#""x":0.5"#));
}

#[tokio::test]
async fn long_agent_beside_a_busy_annotator_saves_once() {
    let world = World::start().await;
    let meddling = Meddling::new(&world, 0);
    let client = TestClient::new(world.server(agents![takes_its_time]).state(meddling.clone())).unwrap();
    let answer = client.call("/takes-its-time", &video(0)).await;
    assert_eq!(answer.status().as_u16(), 200, "{}", answer.text());
    assert_eq!(meddling.runs.load(Ordering::SeqCst), 1);
    assert_eq!((world.count("save"), world.objects_of_video()), (1, 2 + 20 + 1));
}

#[tokio::test]
async fn an_agent_that_retries_runs_again_on_what_is_there_now() {
    let world = World::start().await;
    let meddling = Meddling::new(&world, 2);
    let client = TestClient::new(world.server(agents![run_again]).state(meddling.clone())).unwrap();
    let answer = client.call("/run-again", &video(0)).await;
    assert_eq!(answer.message(), Some("There were 4 objects."), "{}", answer.text());
    assert_eq!(meddling.runs.load(Ordering::SeqCst), 3);
    // Read and compared in each run, and read back.
    assert_eq!((world.count("save"), world.count("get"), world.objects_of_video()), (1, 3 * 2 + 1, 5));
}

#[tokio::test]
async fn an_agent_that_retries_gives_up_after_three_times() {
    let world = World::start().await;
    let meddling = Meddling::new(&world, u32::MAX);
    let client = TestClient::new(world.server(agents![run_again]).state(meddling.clone())).unwrap();
    let answer = client.call("/run-again", &video(0)).await;
    assert_eq!(answer.status().as_u16(), 409, "{}", answer.text());
    assert_eq!((meddling.runs.load(Ordering::SeqCst), world.count("save")), (4, 0));
}

#[tokio::test]
async fn agents_of_one_process_take_turns_on_a_row() {
    let world = World::start().await;
    let meddling = Meddling::new(&world, 0);
    let client = TestClient::new(world.server(agents![refused, owner]).state(meddling)).unwrap();
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let client = client.clone();
        calls.spawn(async move { client.call("/refused", &video(0)).await.status().as_u16() });
    }
    assert_eq!(calls.join_all().await, [200; 20]);
    assert_eq!((world.count("save"), world.objects_of_video()), (20, 22));
}
