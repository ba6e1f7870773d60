//! Findings of the frames of a task as issues: they are created once, after the save.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use agent_runtime::prelude::*;
use agent_runtime::{Stage, StageFrames};
use agent_studio::CallKind;

use super::world::{PROJECT, STAGE, World, data};

/// `true`: the odd frames have no finding any more.
#[derive(Clone, Default)]
struct Fixed {
    odd: Arc<AtomicBool>,
}

/// Adds a vehicle, and reports each frame.
#[editor_agent(path = "/stage/report", findings = "issues")]
async fn report(frame: Frame, fixed: State<Fixed>, row: &mut LabelRow) -> Result<Findings> {
    row.add("Vehicle").bounding_box(0.25, 0.25, 0.5, 0.5).on(frame)?;
    let findings = match fixed.odd.load(Ordering::Relaxed) && frame.0 % 2 == 1 {
        true => Findings::new(),
        false => [Finding::warning("Too dark.").on_frames(frame)].into_iter().collect(),
    };
    Ok(findings.with_checked_frames(frame))
}

async fn issues(world: &World) -> Vec<Option<u64>> {
    let mut frames: Vec<_> =
        world.client().issues(PROJECT, data(0)).await.unwrap().iter().map(|issue| issue.frame).collect();
    frames.sort_unstable();
    frames
}

async fn drain(world: &World, fixed: &Fixed) {
    let stage = Stage::new(STAGE).frames(StageFrames::Each);
    let server = world.server().agents(agents![]).state(fixed.clone()).stage(stage, agents![report]);
    assert_eq!(server.drain().await.unwrap().left, 1);
}

#[tokio::test]
async fn findings_of_all_frames_become_issues_together() {
    let (world, fixed) = (World::with_video(4).await, Fixed::default());
    drain(&world, &fixed).await;
    assert_eq!(issues(&world).await, [0, 1, 2, 3].map(Some));
    assert_eq!(world.platform.calls().count(CallKind::CreateIssues), 1);
    let kinds = world.platform.calls().kinds();
    let place = |kind| kinds.iter().position(|known| *known == kind).unwrap();
    assert!(place(CallKind::SaveLabelRows) < place(CallKind::CreateIssues), "{kinds:?}");
    fixed.odd.store(true, Ordering::Relaxed);
    drain(&world, &fixed).await;
    assert_eq!(issues(&world).await, [0, 2].map(Some));
}
