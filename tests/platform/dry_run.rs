//! Dry runs: the label changes come back, and nothing is written.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use agent_runtime::prelude::*;
use agent_runtime::testing::{TestClient, signature};
use agent_runtime::{Background, DryRuns, RunningServer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::platform::world::{World, image, video};

const BOX: BoundingBox = BoundingBox { x: 0.5, y: 0.5, width: 0.1, height: 0.1 };

#[editor_agent]
async fn adds_a_box(frame: Frame, row: &mut LabelRow) -> Result<String> {
    row.add("Vehicle").coordinates(BOX).on(frame)?;
    Ok("Added.".to_owned())
}

#[editor_agent]
async fn saves_twice(call: EditorCall, mut row: LabelRow) -> Result<()> {
    row.add("Vehicle").coordinates(BOX).on(1)?;
    call.save(&mut row).await?;
    row.add("Vehicle").coordinates(BOX).on(2)?;
    call.save(&mut row).await
}

#[editor_agent]
async fn changes_nothing(row: &mut LabelRow) -> Result<String> {
    Ok(format!("{} objects", row.objects().count()))
}

#[editor_agent]
async fn sets_a_priority(project: ProjectHash, info: LabelRowInfo, platform: PlatformClient) -> Result<()> {
    Ok(platform.set_priorities(project, &[(&info, 1.0)]).await?)
}

/// Set by background work.
#[derive(Clone, Default)]
struct Flag(Arc<AtomicBool>);

#[editor_agent]
async fn works_later(background: Background, flag: State<Flag>) -> Result<()> {
    let flag = flag.0.clone();
    background.run(async move {
        flag.0.store(true, Ordering::SeqCst);
        Ok(())
    })
}

/// Notes that were sent.
#[derive(Clone, Default)]
struct Sent(Arc<Mutex<Vec<bool>>>);

/// A transaction that notes its commit.
struct Note;

impl Transaction for Note {
    async fn begin(_call: &EditorCall) -> Result<Self> {
        Ok(Self)
    }

    async fn commit(self, call: &EditorCall) -> Result<()> {
        let State(sent) = call.extract::<State<Sent>>().await?;
        sent.0.lock().unwrap().push(call.is_dry_run());
        Ok(())
    }

    fn declare(requirements: &mut Requirements) {
        requirements.item("note");
    }
}

#[editor_agent]
async fn sends_a_note(_note: &mut Note) {}

fn client(world: &World) -> TestClient {
    let agents = agents![adds_a_box, saves_twice, changes_nothing, sets_a_priority, works_later, sends_a_note];
    TestClient::new(world.server(agents).state(Flag::default()).state(Sent::default())).unwrap().dry_run()
}

#[tokio::test]
async fn label_changes_come_back_unsaved() {
    let world = World::start().await;
    let before = world.video_row();
    let response = client(&world).call("/adds-a-box", &video(3)).await;
    assert_eq!(response.message(), Some("Added."), "{}", response.text());
    let differences: Vec<_> = response.label_differences().iter().map(ToString::to_string).collect();
    assert_eq!(differences, ["added Vehicle on frame 3: box 0.5, 0.5, 0.1 × 0.1"]);
    assert_eq!(world.video_row(), before);
    assert_eq!((world.count("save"), world.count("create")), (0, 0));
}

#[tokio::test]
async fn explicit_saves_come_back_one_by_one() {
    let world = World::start().await;
    let response = client(&world).call("/saves-twice", &video(0)).await;
    let differences: Vec<_> = response.label_differences().iter().map(ToString::to_string).collect();
    let expected = [1, 2].map(|frame| format!("added Vehicle on frame {frame}: box 0.5, 0.5, 0.1 × 0.1"));
    assert_eq!(differences, expected, "{}", response.text());
    assert_eq!(world.count("save"), 0);
}

#[tokio::test]
async fn missing_label_row_is_not_created() {
    let world = World::start().await;
    let response = client(&world).call("/adds-a-box", &image(0)).await;
    assert_eq!(response.label_differences().len(), 1, "{}", response.text());
    assert_eq!((world.count("save"), world.count("create")), (0, 0));
}

#[tokio::test]
async fn no_change_gives_an_empty_list() {
    let world = World::start().await;
    let response = client(&world).call("/changes-nothing", &video(0)).await;
    assert_eq!(response.text(), r#"{"message":"2 objects","dryRun":{"labels":[]}}"#);
}

#[tokio::test]
async fn other_changes_on_the_platform_are_refused() {
    let world = World::start().await;
    let response = client(&world).call("/sets-a-priority", &video(0)).await;
    assert_eq!(response.status(), 403, "{}", response.text());
    assert!(response.message().unwrap().contains("dry run"), "{}", response.text());
    assert_eq!(world.calls().iter().filter(|kind| **kind == "other").count(), 0, "{:?}", world.calls());
}

#[tokio::test]
async fn background_work_does_not_start() {
    let world = World::start().await;
    let flag = Flag::default();
    let client = TestClient::new(world.server(agents![works_later]).state(flag.clone())).unwrap();
    client.clone().dry_run().call("/works-later", &video(0)).await;
    client.idle().await;
    assert!(!flag.0.load(Ordering::SeqCst));
    client.call("/works-later", &video(0)).await;
    client.idle().await;
    assert!(flag.0.load(Ordering::SeqCst));
}

#[tokio::test]
async fn own_transactions_are_not_committed() {
    let world = World::start().await;
    let sent = Sent::default();
    let client = TestClient::new(world.server(agents![sends_a_note]).state(sent.clone())).unwrap();
    client.clone().dry_run().call("/sends-a-note", &video(0)).await;
    client.call("/sends-a-note", &video(0)).await;
    assert_eq!(*sent.0.lock().unwrap(), [false]);
}

/// Calls a server on a port with the header of a dry run, signed with a secret.
async fn call(server: &RunningServer, secret: Option<&str>) -> String {
    let body = serde_json::to_string(&video(0)).unwrap();
    let signed = secret.map(|secret| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs().to_string();
        let signature = signature(secret, &now, body.as_bytes());
        format!("X-Encord-Timestamp: {now}\r\nX-Encord-Signature: {signature}\r\n")
    });
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    let request = format!(
        "POST /adds-a-box HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n\
         X-Agent-Dry-Run: true\r\n{}Content-Length: {}\r\n\r\n{body}",
        signed.unwrap_or_default(),
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).await.unwrap();
    response
}

#[tokio::test]
async fn unsigned_dry_runs_need_permission() {
    let world = World::start().await;
    let refusing = world.server(agents![adds_a_box]).port(0).start().await.unwrap();
    let response = call(&refusing, None).await;
    assert!(response.starts_with("HTTP/1.1 403") && response.contains("AGENT_DRY_RUN=true"), "{response}");
    assert!(world.calls().is_empty());

    let giving = world.server(agents![adds_a_box]).dry_runs(DryRuns::Everyone).port(0).start().await.unwrap();
    let response = call(&giving, None).await;
    assert!(response.starts_with("HTTP/1.1 200") && response.contains("dryRun"), "{response}");
}

#[tokio::test]
async fn signed_dry_runs_need_no_permission() {
    let world = World::start().await;
    let secret = "a secret of sufficient length";
    let server = world.server(agents![adds_a_box]).webhook_secret(secret).port(0).start().await.unwrap();
    let response = call(&server, Some(secret)).await;
    assert!(response.starts_with("HTTP/1.1 200") && response.contains("dryRun"), "{response}");
    assert_eq!(world.count("save"), 0);
}
