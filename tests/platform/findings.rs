//! Findings as issues of the platform: created once, deleted when gone, and never at the expense of the call.

use std::sync::{Arc, Mutex};

use agent_runtime::agent_platform::client::{Issue, IssueFrames, IssueType};
use agent_runtime::prelude::*;
use agent_runtime::testing::TestClient;
use agent_runtime::{AgentPayload, FindingsTarget};
use agent_studio::{CallKind, Effect, Fault};

use crate::platform::world::{World, video};

/// The findings of the next call.
#[derive(Clone, Default)]
struct Next(Arc<Mutex<Vec<Finding>>>);

impl Next {
    fn set(&self, findings: impl IntoIterator<Item = Finding>) {
        *self.0.lock().unwrap() = findings.into_iter().collect();
    }

    fn findings(&self) -> Findings {
        self.0.lock().unwrap().iter().cloned().collect()
    }
}

#[editor_agent(findings = "issues")]
async fn validates(next: State<Next>) -> Findings {
    next.findings()
}

#[editor_agent(findings = "issues")]
async fn validates_a_frame(frame: Frame, next: State<Next>) -> Findings {
    next.findings().with_checked_frames(frame)
}

#[editor_agent]
async fn validates_for_the_server(next: State<Next>) -> Findings {
    next.findings()
}

#[editor_agent(findings = "issues")]
async fn saves_and_reports(row: &mut LabelRow) -> Result<Findings> {
    row.add("Vehicle").coordinates(BoundingBox { x: 0.5, y: 0.5, width: 0.1, height: 0.1 }).on(0)?;
    Ok([Finding::warning("A box was added.")].into_iter().collect())
}

fn client(world: &World, next: &Next) -> TestClient {
    let agents = agents![validates, validates_a_frame, validates_for_the_server, saves_and_reports];
    TestClient::new(world.server(agents).state(next.clone())).unwrap()
}

async fn issues(world: &World) -> Vec<Issue> {
    let AgentPayload { project_hash, data_hash, .. } = video(0);
    world.platform().client().unwrap().issues(project_hash, data_hash).await.unwrap()
}

/// Returns the first line of each issue.
async fn texts(world: &World) -> Vec<String> {
    let first = |issue: &Issue| issue.comments[0].content.lines().next().unwrap_or_default().to_owned();
    issues(world).await.iter().map(first).collect()
}

#[tokio::test]
async fn findings_become_issues_at_their_places() {
    let (world, next) = (World::start().await, Next::default());
    next.set([
        Finding::info("The file."),
        Finding::error("The object.").on_object("aBcD1234"),
        Finding::warning("On two frames.").on_object("aBcD1234").on_frames(2..=3),
        Finding::error("Here.").on_frames(4).at_point(0.25, 0.5),
        Finding::warning("A frame.").on_frames(5),
        Finding::warning("Several frames.").on_frames([6..=7, 9..=9]),
    ]);
    let response = client(&world, &next).call("/validates", &video(0)).await;
    assert!(
        response.message().unwrap().starts_with("2 errors, 3 warnings, 1 note: The object;"),
        "{}",
        response.text()
    );
    let issues = issues(&world).await;
    let found: Vec<_> = issues
        .iter()
        .map(|issue| {
            let text = issue.comments[0].content.lines().next().unwrap();
            (text, issue.issue_type.clone().unwrap(), issue.frame, issue.frames.as_slice(), issue.coordinate)
        })
        .collect();
    let range = [IssueFrames { start: 2, end: 3 }];
    let expected = [
        ("Error: The object.", IssueType::Annotation, None, &[][..], None),
        ("Error: Here.", IssueType::FrameCoordinate, Some(4), &[], Some((0.25, 0.5))),
        ("Warning: On two frames.", IssueType::Annotation, None, &range, None),
        ("Warning: A frame.", IssueType::Frame, Some(5), &[], None),
        ("Warning: Several frames. (frames 6–7, 9)", IssueType::Frame, Some(6), &[], None),
        ("Note: The file.", IssueType::DataUnit, None, &[], None),
    ];
    assert_eq!(found, expected);
}

#[tokio::test]
async fn next_run_changes_only_what_changed() {
    let (world, next) = (World::start().await, Next::default());
    let client = client(&world, &next);
    let (one, two) = (Finding::error("One.").on_object("aBcD1234"), Finding::error("Two.").on_frames(1));
    next.set([one.clone(), two.clone(), two.clone()]);
    client.call("/validates", &video(0)).await;
    let first = issues(&world).await;
    assert_eq!(first.len(), 2, "a repeated finding is one issue");
    world.platform().calls().clear();
    client.call("/validates", &video(0)).await;
    assert_eq!(issues(&world).await.iter().map(|issue| issue.uuid).collect::<Vec<_>>(), [first[0].uuid, first[1].uuid]);
    let calls = world.platform().calls();
    assert_eq!((calls.count(CallKind::CreateIssues), calls.count(CallKind::DeleteIssues)), (0, 0));
    next.set([two, Finding::info("Three.")]);
    client.call("/validates", &video(0)).await;
    assert_eq!(texts(&world).await, ["Error: Two.", "Note: Three."]);
    next.set([]);
    client.call("/validates", &video(0)).await;
    assert!(issues(&world).await.is_empty());
}

#[tokio::test]
async fn issues_of_others_and_of_other_frames_stay() {
    let (world, next) = (World::start().await, Next::default());
    let client = client(&world, &next);
    next.set([Finding::error("One.").on_frames(1), Finding::error("The file.")]);
    client.call("/validates-a-frame", &video(1)).await;
    next.set([Finding::error("Two.").on_frames(2)]);
    client.call("/validates-a-frame", &video(2)).await;
    next.set([]);
    client.call("/validates", &video(1)).await;
    assert_eq!(texts(&world).await, ["Error: One.", "Error: The file.", "Error: Two."]);
    client.call("/validates-a-frame", &video(1)).await;
    assert_eq!(texts(&world).await, ["Error: The file.", "Error: Two."]);
}

#[tokio::test]
async fn failure_is_in_the_message_and_the_call_succeeds() {
    let (world, next) = (World::start().await, Next::default());
    let before = world.video_row();
    world.platform().faults().add(Fault::new(Effect::message(403, "No issues here.")).on(CallKind::CreateIssues));
    let response = client(&world, &next).call("/saves-and-reports", &video(0)).await;
    let message = "1 warning: A box was added. Not all findings are issues: No issues here.";
    assert_eq!((response.status().as_u16(), response.message()), (200, Some(message)));
    assert_eq!(response.json()["findings"][0]["text"], "A box was added.");
    assert_ne!(world.video_row(), before, "the row is saved first");
    assert!(issues(&world).await.is_empty());
}

#[tokio::test]
async fn failed_save_creates_no_issue() {
    let (world, next) = (World::start().await, Next::default());
    let refused = Effect::legacy(200, "CORRUPTED_LABEL_ERROR");
    world.platform().faults().add(Fault::new(refused).on(CallKind::SaveLabelRows));
    let response = client(&world, &next).call("/saves-and-reports", &video(0)).await;
    assert!(response.status().as_u16() >= 400, "{}", response.text());
    assert_eq!(world.platform().calls().count(CallKind::Issues), 0);
}

#[tokio::test]
async fn dry_run_creates_no_issue() {
    let (world, next) = (World::start().await, Next::default());
    next.set([Finding::error("One.")]);
    let response = client(&world, &next).dry_run().call("/validates", &video(0)).await;
    assert_eq!(response.json()["findings"][0]["text"], "One.");
    assert_eq!(world.platform().calls().count(CallKind::Issues), 0);
}

#[tokio::test]
async fn server_setting_is_the_default_of_its_agents() {
    let (world, next) = (World::start().await, Next::default());
    next.set([Finding::error("One.")]);
    let server = || world.server(agents![validates_for_the_server]).state(next.clone());
    TestClient::new(server()).unwrap().call("/validates-for-the-server", &video(0)).await;
    assert!(issues(&world).await.is_empty());
    let client = TestClient::new(server().findings(FindingsTarget::Issues)).unwrap();
    client.call("/validates-for-the-server", &video(0)).await;
    assert_eq!(texts(&world).await, ["Error: One."]);
    let listing = client.get("/").await;
    assert!(listing.text().contains("issues (creates)"), "{}", listing.text());
}
