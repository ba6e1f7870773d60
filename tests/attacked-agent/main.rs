//! The server that the tests of attacks and failures start as a separate process. Its memory, log, file descriptors and
//! exit status belong to it alone.

mod writers;

use std::time::Duration;

use agent_runtime::agent_platform::client::{PlatformClient, RetryPolicy};
use agent_runtime::prelude::*;

#[editor_agent]
async fn hello(payload: AgentPayload) -> String {
    format!("Frame {:?}, {} objects", payload.frame, payload.object_hashes.map_or(0, |hashes| hashes.len()))
}

/// Fails with a message that the caller chose.
#[editor_agent]
async fn fail_with_text(objects: ObjectHashes) -> Result<()> {
    bail!("{}", objects.join(" "))
}

/// Panics with a message that the caller chose.
#[editor_agent]
async fn panics(objects: ObjectHashes) {
    assert!(objects.is_empty(), "{}", objects.join(" "));
}

/// Returns the hashes of the selected objects.
#[editor_agent]
async fn echo(objects: ObjectHashes) -> String {
    objects.join(" ")
}

#[editor_agent(replay = "refuse")]
async fn once_here() {}

#[editor_agent(replay = "refuse")]
async fn once_there() {}

/// Starts background work that fails with a message that the caller chose.
#[editor_agent]
async fn fail_in_background(background: Background, objects: ObjectHashes) -> Result<()> {
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

/// Decodes the frame, and keeps its pixels for 200 ms.
#[editor_agent]
async fn pixels(frame: FramePixels) -> String {
    tokio::time::sleep(Duration::from_millis(200)).await;
    format!("{} x {}", frame.width(), frame.height())
}

/// Keeps the file until the call times out.
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

/// Waits forever.
#[editor_agent(timeout = "500ms")]
async fn stuck() {
    std::future::pending::<()>().await;
}

/// Blocks its thread for 3 s, like a deadlock of ordinary locks.
#[editor_agent]
async fn blocks() {
    std::thread::sleep(Duration::from_secs(3));
}

/// Blocks its thread for longer than any test runs, like a computation without an `.await`.
#[editor_agent]
async fn computes() {
    std::thread::sleep(Duration::from_secs(300));
}

/// Leaks a task and a thread that never end.
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
