//! An agent server for tests of AWS Lambda, with every kind of response that the environment affects.

use std::env;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use agent_runtime::axum::Router;
use agent_runtime::axum::http::header;
use agent_runtime::axum::response::{AppendHeaders, IntoResponse};
use agent_runtime::axum::routing::get;
use agent_runtime::prelude::*;
use agent_runtime::{AnyEvent, Notification, handlers, on_notification};

/// Returns the frame and the number of objects of the payload.
#[editor_agent]
async fn hello(payload: AgentPayload) -> String {
    format!("Frame {:?}, {} objects", payload.frame, payload.object_hashes.map_or(0, |hashes| hashes.len()))
}

/// Returns whether the call is signed, and the length of its body.
#[editor_agent(signature = "when-present")]
async fn signed(call: EditorCall) -> String {
    format!("signed: {}, {} bytes", call.is_verified(), call.body().len())
}

/// Returns the values of a header.
#[editor_agent]
async fn values(headers: &HeaderMap) -> String {
    let values = headers.get_all("x-value").iter().map(|value| value.to_str().unwrap_or("not text"));
    values.collect::<Vec<_>>().join(" and ")
}

/// Waits forever.
#[editor_agent(no_timeout)]
async fn stuck() {
    std::future::pending::<()>().await;
}

/// Like `stuck`, with a short timeout.
#[editor_agent(timeout = "300ms")]
async fn impatient() {
    std::future::pending::<()>().await;
}

#[editor_agent]
#[allow(clippy::panic, reason = "it is what is tested")]
async fn panics() {
    panic!("on purpose");
}

/// Counts the calls of this process.
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

/// Returns whether background work is supported.
#[editor_agent]
async fn background_if_supported(background: Option<Background>) -> String {
    format!("supported: {}", background.is_some())
}

/// Starts background work.
#[editor_agent]
async fn background_required(background: Background) -> Result<()> {
    background.run(async { Ok(()) })
}

/// Handles a notification after the response.
#[on_notification]
async fn later(_notification: Notification<AnyEvent>) {
    tokio::time::sleep(Duration::from_secs(1)).await;
}

/// A response that is not text, with a duplicate header.
async fn picture() -> impl IntoResponse {
    let cookies = AppendHeaders([(header::SET_COOKIE, "a=1"), (header::SET_COOKIE, "b=2")]);
    ([(header::CONTENT_TYPE, "image/png")], cookies, vec![0x89_u8, 0xff])
}

#[agent_runtime::main]
async fn main() -> Result<()> {
    let routes = Router::new().route("/picture", get(picture));
    let agents = agents![hello, signed, values, stuck, impatient, panics, counts, background_if_supported];
    let mut server = Server::from_env()?.routes(routes);
    server = match env::var_os("ENCORD_DOMAIN") {
        Some(_) => server.agents(agents![mark]),
        None if env::var_os("WITH_WORK").is_some() => server.agents(agents![background_required]),
        None => server.agents(agents),
    };
    if env::var_os("WITH_HANDLER").is_some() {
        server = server.on_notification(handlers![later]);
    }
    Ok(server.serve().await?)
}
