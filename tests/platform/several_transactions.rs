//! Several `&mut` parameters: all are prepared before the first is committed; a later failure is a partial commit.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use agent_runtime::prelude::*;
use agent_runtime::{AgentSet, RunningServer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::platform::world::{World, video};

/// Effect of the note on the row, or its failure.
#[derive(Clone, Copy, PartialEq, Eq)]
enum NoteFault {
    None,
    FailsToPrepare,
    FailsToCommit,
    OtherUserSavesBeforeCommit,
}

/// The state of one test.
#[derive(Clone)]
struct Scene {
    world: World,
    note_fault: NoteFault,
    /// `true` if another user saves the row during the first run of the agent.
    other_user_saves: bool,
    runs: Arc<AtomicU32>,
    sent: Arc<Mutex<Vec<String>>>,
}

/// A note that is sent if the agent succeeds.
struct Note(String);

impl Transaction for Note {
    async fn begin(_call: &EditorCall) -> Result<Self> {
        Ok(Self(String::new()))
    }

    async fn prepare(&mut self, call: &EditorCall) -> Result<()> {
        let State(scene) = call.extract::<State<Scene>>().await?;
        ensure!(scene.note_fault != NoteFault::FailsToPrepare, "The note is too long.");
        Ok(())
    }

    async fn commit(self, call: &EditorCall) -> Result<()> {
        let State(scene) = call.extract::<State<Scene>>().await?;
        match scene.note_fault {
            NoteFault::FailsToCommit => bail!("The mail server refuses the note."),
            NoteFault::OtherUserSavesBeforeCommit => scene.world.other_user_adds_a_box(),
            NoteFault::None | NoteFault::FailsToPrepare => {}
        }
        scene.sent.lock().unwrap().push(self.0);
        Ok(())
    }

    fn declare(requirements: &mut Requirements) {
        requirements.item("note (sends)");
    }
}

fn add(frame: Frame, row: &mut LabelRow, note: &mut Note, scene: &Scene) -> Result<String> {
    row.add("Vehicle").bounding_box(0.5, 0.5, 0.1, 0.1).on(frame)?;
    note.0.push_str("look");
    if scene.runs.fetch_add(1, Ordering::SeqCst) == 0 && scene.other_user_saves {
        scene.world.other_user_adds_a_box();
    }
    Ok("added".to_owned())
}

#[editor_agent]
async fn row_first(frame: Frame, row: &mut LabelRow, note: &mut Note, scene: State<Scene>) -> Result<String> {
    add(frame, row, note, &scene)
}

#[editor_agent(on_conflict = "retry")]
async fn note_first(frame: Frame, note: &mut Note, row: &mut LabelRow, scene: State<Scene>) -> Result<String> {
    add(frame, row, note, &scene)
}

#[editor_agent(on_conflict = "merge")]
async fn note_first_merged(frame: Frame, note: &mut Note, row: &mut LabelRow, scene: State<Scene>) -> Result<String> {
    add(frame, row, note, &scene)
}

/// Saves a row by value, extracted in addition to the `&mut` row.
#[editor_agent(timeout = "20s")]
async fn saves_a_second_handle(call: EditorCall, frame: Frame, row: &mut LabelRow) -> Result<String> {
    let mut second: LabelRow = call.extract().await?;
    second.add("Vehicle").bounding_box(0.5, 0.5, 0.1, 0.1).on(frame)?;
    call.save(&mut second).await?;
    Ok(format!("{} and {} objects", row.objects().count(), second.objects().count()))
}

/// Extracts the row after an edit of the `&mut` row.
#[editor_agent]
async fn extracts_after_an_edit(call: EditorCall, frame: Frame, row: &mut LabelRow) -> Result<String> {
    row.add("Vehicle").bounding_box(0.5, 0.5, 0.1, 0.1).on(frame)?;
    let fetched: LabelRow = call.extract().await?;
    Ok(format!("{} and {} objects", row.objects().count(), fetched.objects().count()))
}

/// The agents on a port.
struct Served {
    scene: Scene,
    server: RunningServer,
}

impl Served {
    async fn start(agents: AgentSet, note_fault: NoteFault, other_user_saves: bool) -> Self {
        let world = World::start().await;
        let scene =
            Scene { world: world.clone(), note_fault, other_user_saves, runs: Arc::default(), sent: Arc::default() };
        let server = world.server(agents).state(scene.clone()).port(0).start().await.unwrap();
        Self { scene, server }
    }

    /// Calls an agent over a connection. Returns the status and the message.
    async fn call(&self, path: &str) -> (u16, String) {
        let body = serde_json::to_string(&video(0)).unwrap();
        let mut stream = TcpStream::connect(self.server.address()).await.unwrap();
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
             connection: close\r\n\r\n{body}",
            self.server.address(),
            body.len()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).await.unwrap();
        let (head, body) = response.split_once("\r\n\r\n").unwrap();
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        (head[9..12].parse().unwrap(), body["message"].as_str().unwrap().to_owned())
    }

    fn runs(&self) -> u32 {
        self.scene.runs.load(Ordering::SeqCst)
    }

    fn sent(&self) -> usize {
        self.scene.sent.lock().unwrap().len()
    }

    /// Returns the number of saves by agents, and of objects in the row.
    fn saved(&self) -> (usize, usize) {
        (self.scene.world.count("save"), self.scene.world.objects_of_video())
    }
}

#[tokio::test]
async fn commits_all_in_order() {
    for path in ["/row-first", "/note-first"] {
        let served = Served::start(agents![row_first, note_first], NoteFault::None, false).await;
        assert_eq!(served.call(path).await, (200, "added".to_owned()), "{path}");
        assert_eq!((served.saved(), served.sent()), ((1, 3), 1), "{path}");
    }
}

#[tokio::test]
async fn failed_prepare_writes_nothing() {
    let served = Served::start(agents![row_first], NoteFault::FailsToPrepare, false).await;
    assert_eq!(served.call("/row-first").await, (400, "The note is too long.".to_owned()));
    assert_eq!((served.saved(), served.sent()), ((0, 2), 0));
}

#[tokio::test]
async fn conflict_in_prepare_reruns_before_any_commit() {
    let served = Served::start(agents![note_first], NoteFault::None, true).await;
    assert_eq!(served.call("/note-first").await, (200, "added".to_owned()));
    assert_eq!((served.runs(), served.saved(), served.sent()), (2, (1, 4), 1));
}

#[tokio::test]
async fn failure_after_the_save_names_what_was_saved() {
    let served = Served::start(agents![row_first], NoteFault::FailsToCommit, false).await;
    let (status, message) = served.call("/row-first").await;
    let expected =
        "The changes were saved in part. Saved: label row. Not saved: note. The mail server refuses the note.";
    assert_eq!((status, &*message), (400, expected));
    assert_eq!((served.saved(), served.sent()), ((1, 3), 0));
}

#[tokio::test]
async fn partial_commit_is_never_rerun() {
    let served = Served::start(agents![note_first], NoteFault::OtherUserSavesBeforeCommit, false).await;
    let (status, message) = served.call("/note-first").await;
    let expected =
        "The changes were saved in part. Saved: note. Not saved: label row. Somebody else saved these labels";
    assert!(status == 409 && message.starts_with(expected), "{status}: {message}");
    assert_eq!((served.runs(), served.saved(), served.sent()), (1, (0, 3), 1));
}

#[tokio::test]
async fn row_is_checked_again_after_another_commit() {
    let served = Served::start(agents![note_first_merged], NoteFault::OtherUserSavesBeforeCommit, false).await;
    assert_eq!(served.call("/note-first-merged").await, (200, "added".to_owned()));
    assert_eq!((served.runs(), served.saved(), served.sent()), (1, (1, 4), 1));
}

#[tokio::test]
async fn explicit_save_shares_the_lock_of_the_transaction() {
    let served = Served::start(agents![saves_a_second_handle], NoteFault::None, false).await;
    assert_eq!(served.call("/saves-a-second-handle").await, (200, "2 and 3 objects".to_owned()));
    assert_eq!(served.saved(), (1, 3));
    // The lock is released.
    assert_eq!(served.call("/saves-a-second-handle").await.0, 200);
}

#[tokio::test]
async fn extractor_returns_the_fetched_row_after_an_edit() {
    let served = Served::start(agents![extracts_after_an_edit], NoteFault::None, false).await;
    assert_eq!(served.call("/extracts-after-an-edit").await, (200, "3 and 2 objects".to_owned()));
    assert_eq!(served.saved(), (1, 3));
}
