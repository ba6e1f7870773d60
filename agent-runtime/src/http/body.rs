//! Reading a request's body, with limits of size, time and memory.

use std::time::Duration;

use axum::body::{Body, Bytes};
use http_body_util::BodyExt;
use hyper::body::Body as _;

use crate::app::App;
use crate::body_buffer::BodyBuffer;
use agent_core::error::{AgentError, ErrorStatus};

/// Reads the whole body.
///
/// # Errors
/// 400: the body is incomplete. 408: timeout. 413: too large. 503: the buffer for unfinished bodies is full, and this body is the
/// largest, or the oldest of the largest.
pub(super) async fn read(body: Body, app: &App) -> Result<Bytes, AgentError> {
    let limit = app.settings.body_limit;
    // A body with a large `Content-Length` is rejected before it arrives.
    if body.size_hint().lower() > u64::try_from(limit).unwrap_or(u64::MAX) {
        return Err(too_large(limit));
    }
    tokio::select! {
        biased;
        whole = collect(body, limit, &app.bodies) => whole,
        // In an `async` block, so that the timer is created on the first poll: most bodies have arrived by then.
        () = async { tokio::time::sleep(app.settings.body_timeout).await } => {
            Err(AgentError::new(ErrorStatus::RequestTimeout, "The request's body did not arrive in time."))
        }
    }
}

async fn collect(mut body: Body, limit: usize, buffer: &BodyBuffer) -> Result<Bytes, AgentError> {
    let Some(mut chunk) = next(&mut body).await? else { return Ok(Bytes::new()) };
    // Most bodies are one chunk, and need no share of the buffer.
    if body.is_end_stream() && chunk.len() <= limit {
        return Ok(chunk);
    }
    let (mut share, mut whole) = (buffer.share(), Vec::new());
    loop {
        if whole.len() + chunk.len() > limit {
            return Err(too_large(limit));
        }
        if !share.grow(chunk.len()) {
            return Err(overloaded());
        }
        // Copied, since a small chunk can keep a large read buffer alive.
        whole.extend_from_slice(&chunk);
        chunk = tokio::select! {
            biased;
            next = next(&mut body) => match next? {
                Some(next) => next,
                None => return Ok(whole.into()),
            },
            () = share.evicted() => return Err(overloaded()),
        };
    }
}

/// Returns the next chunk of data. `None` at the end.
async fn next(body: &mut Body) -> Result<Option<Bytes>, AgentError> {
    while let Some(frame) = body.frame().await {
        let broken =
            |error| AgentError::new(ErrorStatus::BadRequest, "The request's body broke off.").with_cause(error);
        // Other frames are trailers.
        if let Ok(data) = frame.map_err(broken)?.into_data() {
            return Ok(Some(data));
        }
    }
    Ok(None)
}

fn too_large(limit: usize) -> AgentError {
    let message = format!("The request is larger than the {limit} bytes that this server takes.");
    AgentError::new(ErrorStatus::PayloadTooLarge, message)
}

fn overloaded() -> AgentError {
    let message = "This server is receiving too many requests at once. Please try again in a moment.";
    AgentError::new(ErrorStatus::ServiceUnavailable, message).with_retry_after(Duration::from_secs(1))
}
