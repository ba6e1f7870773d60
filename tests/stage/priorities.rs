//! Responses that set the priority of their task, on a stage and for a click.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use agent_runtime::prelude::*;
use agent_runtime::testing::TestClient;
use agent_runtime::{AgentPayload, Stage, StageFrames};
use agent_studio::{CallKind, Effect, Fault};

use super::world::{PROJECT, STAGE, World, data};

/// Number of runs.
#[derive(Clone, Default)]
struct Runs {
    count: Arc<AtomicUsize>,
}

/// Adds a vehicle, and sets a priority unless it is the first image.
#[editor_agent(path = "/stage/prioritize")]
async fn prioritize(info: LabelRowInfo, runs: State<Runs>, row: &mut LabelRow) -> Result<Prioritized<()>> {
    row.add("Vehicle").bounding_box(0.25, 0.25, 0.5, 0.5).on(0)?;
    runs.count.fetch_add(1, Ordering::Relaxed);
    let is_first = info.data_title.as_deref() == Some("000000.jpg");
    Ok(if is_first { ().into() } else { Prioritized::new((), 0.75) })
}

/// Sets a priority by the frame.
#[editor_agent(path = "/stage/prioritize-frames")]
async fn prioritize_frames(frame: Frame) -> Prioritized<()> {
    Prioritized::new((), if frame.0 == 1 { 0.9 } else { 0.3 })
}

/// Sets a priority that does not exist.
#[editor_agent(path = "/stage/prioritize-too-much")]
async fn prioritize_too_much() -> Prioritized<&'static str> {
    Prioritized::new("Urgent.", 1.5)
}

fn priority(world: &World, n: usize) -> f64 {
    world.platform.priority(&data(n).to_string()).unwrap()
}

fn server(world: &World, stage: Stage, runs: &Runs) -> Server {
    world.server().agents(agents![]).state(runs.clone()).stage(stage, agents![prioritize])
}

fn click(world: &World) -> TestClient {
    let server = world.server().agents(agents![prioritize, prioritize_too_much]).state(Runs::default());
    TestClient::new(server).unwrap()
}

fn payload(n: usize) -> AgentPayload {
    AgentPayload::new(PROJECT, data(n))
}

#[tokio::test]
async fn tasks_are_prioritized_together() {
    let world = World::with_images(60).await;
    let report = server(&world, Stage::new(STAGE).pathway("needs a human"), &Runs::default()).drain().await.unwrap();
    assert_eq!(report.moved, 60, "{report}");
    for n in 0..60 {
        assert_eq!((world.stage(n), world.objects(n)), ("Review".to_owned(), 1), "{n}");
        assert_eq!(priority(&world, n), if n == 0 { 0.5 } else { 0.75 }, "{n}");
    }
    assert!(world.platform.calls().count(CallKind::SetPriorities) < 60);
}

#[tokio::test]
async fn task_without_pathway_is_prioritized() {
    let world = World::with_images(2).await;
    let report = server(&world, Stage::new(STAGE), &Runs::default()).drain().await.unwrap();
    assert_eq!((report.left, world.stage(1).as_str(), priority(&world, 1)), (2, STAGE, 0.75), "{report}");
}

#[tokio::test]
async fn highest_priority_of_the_frames_counts() {
    let world = World::with_video(3).await;
    let stage = Stage::new(STAGE).pathway("needs a human").frames(StageFrames::Each);
    let report = world.server().agents(agents![]).stage(stage, agents![prioritize_frames]).drain().await.unwrap();
    assert_eq!((report.moved, priority(&world, 0)), (1, 0.9), "{report}");
    assert_eq!(world.platform.calls().count(CallKind::SetPriorities), 1);
}

#[tokio::test]
async fn task_is_moved_only_after_its_priority_is_set() {
    let (world, runs) = (World::with_images(3).await.without_retries(), Runs::default());
    world.platform.faults().add(Fault::new(Effect::message(403, "No priorities today.")).on(CallKind::SetPriorities));
    let stage = Stage::new(STAGE).pathway("needs a human");
    let running = server(&world, stage, &runs).stage_poll(std::time::Duration::from_millis(100)).stage_tries(1);
    let running = running.start().await.unwrap();
    while runs.count.load(Ordering::Relaxed) < 3 || world.stage(0) == STAGE {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let waiting: Vec<_> = [1, 2].map(|n| (world.stage(n), world.objects(n))).into();
    assert_eq!(waiting, vec![(STAGE.to_owned(), 1); 2]);
    world.platform.faults().clear();
    while world.stage(1) == STAGE || world.stage(2) == STAGE {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    running.stop().await;
    assert_eq!((priority(&world, 1), priority(&world, 2)), (0.75, 0.75));
    assert_eq!(runs.count.load(Ordering::Relaxed), 3, "the agent does not run again");
}

#[tokio::test]
async fn click_sets_the_priority_after_the_save() {
    let world = World::with_images(2).await;
    let response = click(&world).call("/stage/prioritize", &payload(1)).await;
    assert_eq!((response.status().as_u16(), response.text().as_str()), (200, "null"));
    assert_eq!((priority(&world, 1), world.objects(1)), (0.75, 1));
    let kinds = world.platform.calls().kinds();
    let place = |kind| kinds.iter().position(|known| *known == kind).unwrap();
    assert!(place(CallKind::SaveLabelRows) < place(CallKind::SetPriorities), "{kinds:?}");
}

#[tokio::test]
async fn click_reports_a_priority_that_is_not_set() {
    let world = World::with_images(2).await;
    world.platform.faults().add(Fault::new(Effect::message(403, "Not yours.")).on(CallKind::SetPriorities));
    let response = click(&world).call("/stage/prioritize", &payload(1)).await;
    assert_eq!(response.status().as_u16(), 403);
    let message = response.message().unwrap().to_owned();
    assert!(message.starts_with("The labels were saved, but not the priority of the task."), "{message}");
    assert_eq!((priority(&world, 1), world.objects(1)), (0.5, 1));
}

#[tokio::test]
async fn priority_out_of_range_fails_the_call() {
    let world = World::with_images(1).await;
    let response = click(&world).call("/stage/prioritize-too-much", &payload(0)).await;
    assert_eq!((response.status().as_u16(), priority(&world, 0)), (500, 0.5));
}
