//! Tasks that fail: they are tried again, parked or moved along the pathway for failures. Stages that do not fit are start errors.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use agent_runtime::prelude::*;
use agent_runtime::{IntoAgentError, Stage};
use agent_studio::{CallKind, Effect, Fault};

use super::drains::mark;
use super::world::{STAGE, World};

/// Number of runs that fail.
#[derive(Clone)]
struct Failures {
    left: Arc<AtomicUsize>,
    runs: Arc<AtomicUsize>,
}

impl Failures {
    fn new(failures: usize) -> Self {
        Self { left: Arc::new(failures.into()), runs: Arc::default() }
    }
}

/// Adds a vehicle, and fails as often as the state says.
#[editor_agent(path = "/stage/fail")]
async fn fail(failures: State<Failures>, row: &mut LabelRow) -> Result<()> {
    row.add("Vehicle").bounding_box(0.25, 0.25, 0.5, 0.5).on(0)?;
    failures.runs.fetch_add(1, Ordering::Relaxed);
    let fails = failures.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok();
    if fails { Err("the model is down".into_agent_error()) } else { Ok(()) }
}

/// Complains about every image.
#[editor_agent(path = "/stage/complain")]
async fn complain(failures: State<Failures>) -> Result<()> {
    failures.runs.fetch_add(1, Ordering::Relaxed);
    bail!("The image is too dark.")
}

#[tokio::test]
async fn failed_task_is_tried_again() {
    let (world, failures) = (World::with_images(1).await, Failures::new(2));
    let stage = Stage::new(STAGE).pathway("done");
    let server = world.server().agents(agents![]).state(failures).stage(stage, agents![fail]);
    let report = server.drain().await.unwrap();
    assert_eq!((report.moved, report.retries), (1, 2), "{report}");
    assert_eq!((world.stage(0).as_str(), world.objects(0)), ("Complete", 1));
}

#[tokio::test]
async fn task_is_parked_after_its_last_try() {
    let (world, failures) = (World::with_images(1).await, Failures::new(100));
    let stage = Stage::new(STAGE).pathway("done");
    let server = world.server().agents(agents![]).state(failures.clone()).stage_tries(4);
    let report = server.stage(stage, agents![fail]).drain().await.unwrap();
    assert_eq!((report.parked(), failures.runs.load(Ordering::Relaxed)), (1, 4), "{report}");
    assert!(report.to_string().contains("000000.jpg: Something went wrong"), "{report}");
    assert_eq!((world.stage(0).as_str(), world.objects(0)), (STAGE, 0));
}

#[tokio::test]
async fn failed_task_moves_along_the_pathway_for_failures() {
    let (world, failures) = (World::with_images(2).await, Failures::new(0));
    let stage = Stage::new(STAGE).on_failure("needs a human");
    let server = world.server().agents(agents![]).state(failures.clone()).stage(stage, agents![complain]);
    let report = server.drain().await.unwrap();
    assert_eq!((report.failed.len(), report.parked()), (2, 0), "{report}");
    assert_eq!((world.stage(0).as_str(), world.stage(1).as_str()), ("Review", "Review"));
    assert_eq!(failures.runs.load(Ordering::Relaxed), 2, "the agent's own complaint is not tried again");
}

#[tokio::test]
async fn unknown_stage_or_pathway_is_a_start_error() {
    let world = World::with_images(1).await;
    for (stage, says) in [
        (Stage::new("Prelabel"), "no such stage, its agent stages are `Pre-label`"),
        (Stage::new("Review"), "`Review` of Streets is not an agent stage"),
        (Stage::new(STAGE).pathway("finished"), "its pathways are `done`, `needs a human`"),
        (Stage::new(STAGE).on_failure("human"), "`human` is not a pathway"),
    ] {
        let server = world.server().agents(agents![]).stage(stage, agents![mark]);
        let error = server.start().await.unwrap_err().to_string();
        assert!(error.contains(says) && error.contains("`mark`"), "{error}");
    }
    let error = world
        .server()
        .agents(agents![])
        .stage(STAGE, agents![mark, fail])
        .state(Failures::new(0))
        .start()
        .await
        .unwrap_err();
    assert!(error.to_string().contains("2 agents"), "{error}");
    let both = world.server().agents(agents![]).stage(STAGE, agents![mark]).stage(STAGE, agents![complain]);
    let error = both.state(Failures::new(0)).start().await.unwrap_err().to_string();
    assert!(error.contains("`mark` and `complain`"), "{error}");
}

#[tokio::test]
async fn unread_workflow_is_no_start_error() {
    let world = World::with_images(1).await.without_retries();
    world.platform.faults().add(Fault::new(Effect::answer(500, "")).on(CallKind::Project));
    let server = world.server().agents(agents![]).stage(STAGE, agents![mark]).start().await.unwrap();
    server.stop().await;
}

#[tokio::test]
async fn drain_without_stage_or_project_is_an_error() {
    let world = World::with_images(1).await;
    let error = world.server().agents(agents![mark]).drain().await.unwrap_err().to_string();
    assert!(error.contains("no stage to drain"), "{error}");
    let server = Server::new().platform(world.client()).agents(agents![]);
    let error = server.stage(STAGE, agents![mark]).drain().await.unwrap_err().to_string();
    assert!(error.contains("AGENT_STAGE_PROJECTS"), "{error}");
}

/// Saves the row itself, and fails.
#[editor_agent(path = "/stage/save-and-fail")]
async fn save_and_fail(call: EditorCall, failures: State<Failures>, mut row: LabelRow) -> Result<()> {
    row.add("Vehicle").bounding_box(0.25, 0.25, 0.5, 0.5).on(0)?;
    call.save(&mut row).await?;
    failures.runs.fetch_add(1, Ordering::Relaxed);
    Err("the model is down".into_agent_error())
}

#[tokio::test]
async fn agent_that_saved_and_failed_does_not_run_again() {
    let (world, failures) = (World::with_images(1).await, Failures::new(0));
    let server = world.server().agents(agents![]).state(failures.clone()).stage(STAGE, agents![save_and_fail]);
    let report = server.drain().await.unwrap();
    assert_eq!((report.parked(), failures.runs.load(Ordering::Relaxed), world.objects(0)), (1, 1, 1), "{report}");
}
