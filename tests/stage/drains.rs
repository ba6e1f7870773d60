//! Drains without failures: rows are saved, and tasks move along the pathways.

use agent_runtime::prelude::*;
use agent_runtime::{Stage, StageFrames};
use agent_studio::CallKind;

use super::world::{STAGE, World};

/// Adds a vehicle.
#[editor_agent(path = "/stage/mark")]
pub(super) async fn mark(frame: Frame, row: &mut LabelRow) -> Result<()> {
    row.add("Vehicle").bounding_box(0.25, 0.25, 0.5, 0.5).on(frame)?;
    Ok(())
}

#[derive(Decisions)]
enum Verdict {
    #[decision("done")]
    Done,
    #[decision("needs a human")]
    NeedsAHuman,
}

/// Decides by the number of the file.
#[editor_agent(path = "/stage/decide")]
async fn decide(info: LabelRowInfo, row: &mut LabelRow) -> Result<Option<Verdict>> {
    row.add("Vehicle").bounding_box(0.25, 0.25, 0.5, 0.5).on(0)?;
    Ok(match info.data_title.as_deref() {
        Some("000000.jpg") => Some(Verdict::Done),
        Some("000001.jpg") => Some(Verdict::NeedsAHuman),
        _ => None,
    })
}

/// Adds a vehicle, and decides by the frame.
#[editor_agent(path = "/stage/disagree")]
async fn disagree(frame: Frame, row: &mut LabelRow) -> Result<Verdict> {
    row.add("Vehicle").bounding_box(0.25, 0.25, 0.5, 0.5).on(frame)?;
    Ok(if frame.0 == 3 { Verdict::NeedsAHuman } else { Verdict::Done })
}

#[tokio::test]
async fn drain_saves_rows_and_moves_tasks() {
    let world = World::with_images(250).await;
    let stage = Stage::new(STAGE).pathway("done");
    let report = world.server().agents(agents![]).stage(stage, agents![mark]).drain().await.unwrap();
    assert_eq!((report.moved, report.left, report.failed.len()), (250, 0, 0), "{report}");
    for n in 0..250 {
        assert_eq!((world.stage(n), world.objects(n)), ("Complete".to_owned(), 1), "{n}");
    }
    // Tasks that are saved while a request is under way share the next one.
    assert!(world.platform.calls().count(CallKind::AgentActions) < 250);
}

#[tokio::test]
async fn decision_is_the_pathway() {
    let world = World::with_images(3).await;
    let server = world.server().agents(agents![decide]);
    let report = server.stage(STAGE, agents![decide]).drain().await.unwrap();
    assert_eq!((report.moved, report.left), (2, 1), "{report}");
    let stages: Vec<_> = (0..3).map(|n| world.stage(n)).collect();
    assert_eq!(stages, ["Complete", "Review", STAGE]);
}

#[tokio::test]
async fn all_frames_are_one_save() {
    for (frames, expected) in [(StageFrames::Each, vec![1; 10]), (StageFrames::Every(4), vec![1; 3])] {
        let world = World::with_video(10).await;
        let stage = Stage::new(STAGE).pathway("done").frames(frames);
        let report = world.server().agents(agents![]).stage(stage, agents![mark]).drain().await.unwrap();
        assert_eq!(report.moved, 1, "{report}");
        assert_eq!(world.frames(0), expected);
        assert_eq!(world.platform.calls().count(CallKind::SaveLabelRows), 1);
        assert_eq!(world.platform.calls().count(CallKind::ListLabelRows), 1);
    }
}

#[tokio::test]
async fn runs_on_labelled_frames_only() {
    let world = World::with_video(10).await;
    world.platform.create_label_row(&super::world::data(0).to_string(), "main").unwrap();
    let add = |row: &mut LabelRow| row.add("Vehicle").bounding_box(0.7, 0.7, 0.1, 0.1).on(6).map(drop);
    world.platform.edit_as("annotator@example.test", &super::world::data(0).to_string(), add).unwrap();
    let stage = Stage::new(STAGE).pathway("done").frames(StageFrames::Labelled);
    let report = world.server().agents(agents![]).stage(stage, agents![mark]).drain().await.unwrap();
    assert_eq!((report.moved, world.frames(0)), (1, vec![2]), "{report}");
}

#[tokio::test]
async fn differing_decisions_fail_the_task() {
    let world = World::with_video(5).await;
    let stage = Stage::new(STAGE).frames(StageFrames::Each);
    let report = world.server().agents(agents![]).stage(stage, agents![disagree]).drain().await.unwrap();
    let message = &report.failed[0].message;
    assert!(
        message.contains("`done`") && message.contains("`needs a human`") && message.contains("frame 3"),
        "{message}"
    );
    assert_eq!((report.retries, report.parked()), (0, 1));
    assert_eq!((world.stage(0).as_str(), world.objects(0)), (STAGE, 0));
}
