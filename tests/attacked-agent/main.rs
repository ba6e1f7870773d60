//! The server that the tests of attacks and failures start as a process of its own: its memory, its log, its file
//! descriptors and its end are its alone.

mod writers;

use std::time::Duration;

use agent_runtime::agent_platform::client::{PlatformClient, RetryPolicy};
use agent_runtime::prelude::*;

#[editor_agent]
async fn hello(payload: AgentPayload) -> String {
    format!("Frame {:?}, {} objects", payload.frame, payload.object_hashes.map_or(0, |hashes| hashes.len()))
}

/// Complains in the caller's own words.
#[editor_agent]
async fn repeats(objects: ObjectHashes) -> Result<()> {
    bail!("{}", objects.join(" "))
}

/// Panics in the caller's own words.
#[editor_agent]
async fn panics(objects: ObjectHashes) {
    assert!(objects.is_empty(), "{}", objects.join(" "));
}

/// Says what is selected.
#[editor_agent]
async fn says(objects: ObjectHashes) -> String {
    objects.join(" ")
}

#[editor_agent(replay = "refuse")]
async fn once_here() {}

#[editor_agent(replay = "refuse")]
async fn once_there() {}

/// Leaves work behind that fails in the caller's own words.
#[editor_agent]
async fn leaves(background: Background, objects: ObjectHashes) -> Result<()> {
    background.run(async move { bail!("{}", objects.join(" ")) })
}

#[editor_agent]
async fn title(info: LabelRowInfo) -> Option<String> {
    info.data_title.clone()
}

#[editor_agent]
async fn file(asset: Asset) -> String {
    format!("{} bytes", asset.length())
}

/// Decodes the frame, and keeps its pixels for a moment.
#[editor_agent]
async fn pixels(frame: FramePixels) -> String {
    tokio::time::sleep(Duration::from_millis(200)).await;
    format!("{} x {}", frame.width(), frame.height())
}

/// Keeps the file for as long as the call may take.
#[editor_agent]
async fn holds(asset: Asset) -> String {
    std::future::pending::<()>().await;
    format!("{} bytes", asset.length())
}

#[editor_agent]
async fn mark(frame: Frame, row: &mut LabelRow) -> Result<&'static str> {
    row.add("Vehicle").bounding_box(0.1, 0.1, 0.2, 0.2).on(frame)?;
    Ok("marked")
}

/// Waits for what never comes.
#[editor_agent(timeout = "500ms")]
async fn stuck() {
    std::future::pending::<()>().await;
}

/// Keeps its thread, as a deadlock of ordinary locks would.
#[editor_agent]
async fn blocks() {
    std::thread::sleep(Duration::from_secs(3));
}

/// Keeps its thread for longer than any test takes, as a computation without an `.await` would.
#[editor_agent]
async fn computes() {
    std::thread::sleep(Duration::from_secs(300));
}

/// Leaves work behind that nothing will ever end: a task, and a thread.
#[editor_agent]
async fn leaks() -> &'static str {
    tokio::spawn(std::future::pending::<()>());
    tokio::task::spawn_blocking(|| {
        loop {
            std::thread::park();
        }
    });
    "leaked"
}

#[agent_runtime::main]
async fn main() -> Result<()> {
    let retry = RetryPolicy { retries: 1, initial_backoff: Duration::from_millis(10), ..RetryPolicy::default() };
    let platform = PlatformClient::builder().retry(retry).read_timeout(Duration::from_secs(10));
    Ok(Server::from_env()?.platform(platform.build()?).serve().await?)
}
