//! An agent server for tests of AWS Lambda: agents with every kind of answer that the place changes.

use std::env;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use agent_runtime::axum::Router;
use agent_runtime::axum::http::header;
use agent_runtime::axum::response::{AppendHeaders, IntoResponse};
use agent_runtime::axum::routing::get;
use agent_runtime::prelude::*;
use agent_runtime::{AnyEvent, Notification, on_notification};

/// Says what the editor sent.
#[editor_agent]
async fn hello(payload: AgentPayload) -> String {
    format!("Frame {:?}, {} objects", payload.frame, payload.object_hashes.map_or(0, |hashes| hashes.len()))
}

/// Says whether the call is signed, and how long its body is.
#[editor_agent(signature = "when-present")]
async fn signed(call: EditorCall) -> String {
    format!("signed: {}, {} bytes", call.is_verified(), call.body().len())
}

/// Says what a header's values are.
#[editor_agent]
async fn values(headers: &HeaderMap) -> String {
    let values = headers.get_all("x-value").iter().map(|value| value.to_str().unwrap_or("not text"));
    values.collect::<Vec<_>>().join(" and ")
}

/// Waits for what never comes.
#[editor_agent(no_timeout)]
async fn stuck() {
    std::future::pending::<()>().await;
}

/// The same, and gives up early.
#[editor_agent(timeout = "300ms")]
async fn impatient() {
    std::future::pending::<()>().await;
}

#[editor_agent]
#[allow(clippy::panic, reason = "it is what is tested")]
async fn panics() {
    panic!("on purpose");
}

/// Counts its calls, which one process after the other answers.
#[editor_agent]
async fn counts() -> String {
    static CALLS: AtomicU64 = AtomicU64::new(0);
    format!("call {}", CALLS.fetch_add(1, Ordering::Relaxed) + 1)
}

/// Marks the frame, and saves.
#[editor_agent(no_timeout)]
async fn mark(frame: Frame, row: &mut LabelRow) -> Result<&'static str> {
    row.add("Vehicle").bounding_box(0.1, 0.1, 0.2, 0.2).on(frame)?;
    Ok("marked")
}

/// Says whether something could be left to do.
#[editor_agent]
async fn leaves(background: Option<Background>) -> String {
    format!("goes on: {}", background.is_some())
}

/// Leaves something to do.
#[editor_agent]
async fn must_leave(background: Background) -> Result<()> {
    background.run(async { Ok(()) })
}

/// Works on what happened, after the answer.
#[on_notification]
async fn later(_told: Notification<AnyEvent>) {
    tokio::time::sleep(Duration::from_secs(1)).await;
}

/// What is no text, with a header that comes twice.
async fn picture() -> impl IntoResponse {
    let cookies = AppendHeaders([(header::SET_COOKIE, "a=1"), (header::SET_COOKIE, "b=2")]);
    ([(header::CONTENT_TYPE, "image/png")], cookies, vec![0x89_u8, 0xff])
}

#[agent_runtime::main]
async fn main() -> Result<()> {
    let beside = Router::new().route("/picture", get(picture));
    let agents = agents![hello, signed, values, stuck, impatient, panics, counts, leaves];
    let mut server = Server::from_env()?.routes(beside);
    server = match env::var_os("ENCORD_DOMAIN") {
        Some(_) => server.agents(agents![mark]),
        None if env::var_os("WITH_WORK").is_some() => server.agents(agents![must_leave]),
        None => server.agents(agents),
    };
    if env::var_os("WITH_HANDLER").is_some() {
        server = server.on_notification::<later>();
    }
    Ok(server.serve().await?)
}
