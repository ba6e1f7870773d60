//! Frames, selections and answers in the forms that come to hand.

use agent_runtime::prelude::*;

#[editor_agent]
async fn mark(frame: Frame, objects: ObjectHashes, row: &mut LabelRow) -> Result<String> {
    for hash in &objects {
        row.edit(hash)?.answer("Color", String::from("Red"))?;
    }
    if frame == 0 || frame > 100 {
        bail!("Not on frame {frame}.");
    }
    row.add("Car").bounding_box(0.1, 0.1, 0.2, 0.2).on(frame + 1)?;
    row.add("Car").bounding_box(0.1, 0.1, 0.2, 0.2).on_each(0..10)?;
    row.add("Car").bounding_box(0.1, 0.1, 0.2, 0.2).on_each([1, 2])?;
    row.add("Car").bounding_box(0.1, 0.1, 0.2, 0.2).on_each(vec![1, 5])?;
    let class = "Weather".to_owned();
    row.classify(&class, vec!["Rain", "Fog"]).on(0..=3)?;
    Ok(format!("{} objects", row.frame(3).objects().count()))
}

#[editor_agent]
async fn list(objects: ObjectHashes) -> String {
    let mut names = Vec::new();
    for hash in objects {
        names.push(hash.to_string());
    }
    names.join(", ")
}

#[editor_agent]
async fn frame_count(video: &VideoFrames, row: &LabelRow) -> String {
    format!("{} frames, {} objects", video.frame_count(), row.objects().count())
}

#[derive(Debug, PartialEq, Eq, Decisions)]
enum Verdict {
    Approve,
    Reject,
}

#[editor_agent]
async fn triage(objects: ObjectHashes) -> Result<AgentResponse<Verdict>> {
    let response = AgentResponse::message(format!("{} objects.", objects.len()));
    Ok(response.decide(if objects.is_empty() { Verdict::Reject } else { Verdict::Approve }))
}

#[editor_agent]
async fn triage_by_name() -> Result<AgentResponse> {
    Ok(AgentResponse::empty().decide(AnyDecision::new("Approve")?))
}

#[tokio::test]
async fn agents_iterate_over_selections() {
    assert_eq!(list(ObjectHashes::new(["a1B2c3D4", "b1B2c3D4"])).await, "a1B2c3D4, b1B2c3D4");
    assert_eq!(list(ObjectHashes::absent()).await, "");
}

#[tokio::test]
async fn agents_with_edits_and_decisions_are_listed() {
    let agents = agents![mark, list, frame_count, triage, triage_by_name];
    assert_eq!(agents.iter().count(), 5);
    let decided = triage(ObjectHashes::new(["a1B2c3D4"])).await.unwrap();
    assert_eq!(decided, AgentResponse::message("1 objects.").decide(Verdict::Approve));
}
