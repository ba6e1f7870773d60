//! A drain of one task, repeated with every fault in each of its platform requests. The row is the old or the new one, the task moves
//! only after its save, and after the next drain the task is moved and the agent has run with effect once.
#![allow(clippy::print_stdout, reason = "the number of runs is the result")]

use std::collections::BTreeMap;

use agent_runtime::Stage;
use agent_runtime::prelude::*;
use agent_studio::{CallKind, Effect, Fault};

use super::world::{STAGE, World, data};
use crate::failures::fault_walk::ONE_WALK;

/// Number of calls that a persistent fault affects: more than any number of retries.
const EVERY_TIME: u64 = 1000;

/// Adds a vehicle, and sets a priority.
#[editor_agent(path = "/stage/mark-urgent")]
async fn mark_urgent(frame: Frame, row: &mut LabelRow) -> Result<Prioritized<()>> {
    row.add("Vehicle").bounding_box(0.25, 0.25, 0.5, 0.5).on(frame)?;
    Ok(Prioritized::new((), 0.75))
}

/// A fault in one request of a drain.
#[derive(Debug, Clone)]
struct Run {
    request: (CallKind, u64),
    effect: Effect,
    times: u64,
}

fn effects() -> Vec<Effect> {
    let statuses = [400, 401, 403, 404, 409, 429, 500, 503, 504];
    let mut all: Vec<_> = statuses.iter().map(|status| Effect::message(*status, "It does not work.")).collect();
    all.extend([
        Effect::legacy(500, "UNKNOWN_ERROR"),
        Effect::Hang,
        Effect::HangAfter,
        Effect::Reset,
        Effect::ResetAfter,
        Effect::ResetAfterHead,
        Effect::CutOff,
        Effect::answer(200, ""),
        Effect::answer(200, "<html>Sign in</html>"),
        Effect::answer(200, "null"),
        Effect::answer_after(200, "<html>Sign in</html>"),
        Effect::answer_after(500, r#"{"message": "It does not work."}"#),
        Effect::answer_after(504, ""),
    ]);
    all
}

fn server(world: &World) -> Server {
    world.server().agents(agents![]).stage(Stage::new(STAGE).pathway("done"), agents![mark_urgent])
}

/// Returns the requests of a drain without faults: kind, and number of earlier requests of that kind.
async fn requests() -> Vec<(CallKind, u64)> {
    let world = World::with_images(1).await.without_retries();
    world.platform.calls().clear();
    server(&world).drain().await.unwrap();
    let mut seen = BTreeMap::new();
    let count = |kind: CallKind| {
        let before = seen.entry(kind.to_string()).or_insert(0);
        *before += 1;
        (kind, *before - 1)
    };
    world.platform.calls().kinds().into_iter().map(count).collect()
}

async fn walk(run: &Run) {
    let world = World::with_images(1).await.without_retries();
    let (kind, before) = run.request;
    world.platform.calls().clear();
    world.platform.faults().add(Fault::new(run.effect.clone()).on(kind).skip(before).times(run.times));
    // A running server, so that the next drain knows what this one has done.
    let polled = server(&world).stage_poll(std::time::Duration::from_millis(100)).stage_tries(2).start().await.unwrap();
    let began = std::time::Instant::now();
    loop {
        // The task moves only after its save and its priority.
        let (stage, objects) = (world.stage(0), world.objects(0));
        assert!(objects <= 1, "{run:?}: saved twice with effect");
        if stage == "Complete" {
            break;
        }
        assert_eq!(stage, STAGE, "{run:?}");
        let met = world.platform.calls().len() >= 3 && began.elapsed().as_millis() > 300;
        if met {
            world.platform.faults().clear();
        }
        assert!(began.elapsed().as_secs() < 60, "{run:?}: the task was not moved");
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!(world.objects(0), 1, "{run:?}: moved without its labels");
    assert_eq!(world.platform.priority(&data(0).to_string()), Some(0.75), "{run:?}: moved without its priority");
    world.platform.faults().clear();
    polled.stop().await;
    assert_eq!((world.stage(0).as_str(), world.objects(0)), ("Complete", 1), "{run:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_leaves_the_task_to_be_moved_once() {
    const WALKERS: usize = 4;
    let _alone = ONE_WALK.lock().await;
    let requests = requests().await;
    // An acknowledgement of what was not done.
    let is_lie = |kind, effect: &Effect| match kind {
        CallKind::SaveLabelRows => *effect == Effect::answer(200, "null"),
        CallKind::AgentActions | CallKind::SetPriorities => matches!(effect, Effect::Answer { status: 200, .. }),
        _ => false,
    };
    let mut runs = Vec::new();
    for request in &requests {
        for effect in effects().into_iter().filter(|effect| !is_lie(request.0, effect)) {
            runs.push(Run { request: *request, effect, times: 1 });
        }
    }
    for request in &requests {
        for effect in [Effect::message(500, "It does not work."), Effect::Reset, Effect::ResetAfter] {
            runs.push(Run { request: *request, effect, times: EVERY_TIME });
        }
    }
    let number = runs.len();
    let mut walkers = tokio::task::JoinSet::new();
    for walker in 0..WALKERS {
        let own: Vec<Run> = runs.iter().skip(walker).step_by(WALKERS).cloned().collect();
        walkers.spawn(async move {
            for run in &own {
                walk(run).await;
            }
        });
    }
    walkers.join_all().await;
    println!("{number} runs: each of {requests:?}, broken in each of {} ways", effects().len());
}
