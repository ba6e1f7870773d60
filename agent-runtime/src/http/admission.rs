//! Admission of calls: the body, the signature, and a permit to run.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::HeaderMap;

use super::body::read;
use crate::app::{App, ServedAgent};
use crate::webhook_signature::SignatureCheck;
use agent_core::call_permit::CallPermit;

use crate::call_limits::Busy;
use agent_core::error::{AgentError, ErrorStatus};

/// A request with its whole body and a verified signature.
pub(super) struct Received {
    pub(super) body: Bytes,
    /// Whether the request is signed. `false` if it has no signature and needs none.
    pub(super) verified: bool,
}

/// An admitted call.
pub(super) struct Admitted {
    pub(super) received: Received,
    /// The call counts as running until this and its guards are dropped.
    pub(super) permit: CallPermit,
}

/// Reads and verifies a request that needs no permit. The body is not read if the headers are invalid.
///
/// # Errors
/// 401, and those of [`read`].
pub(super) async fn receive(
    app: &App,
    signature: &SignatureCheck,
    headers: &HeaderMap,
    body: Body,
) -> Result<Received, AgentError> {
    signature.check_headers(headers)?;
    let body = read(body, app).await?;
    let verified = signature.verify_and_accept(headers, &body)?;
    Ok(Received { body, verified })
}

/// Reads and verifies a call, and acquires a permit. A caller without a valid signature, or with an unfinished body, never holds a
/// permit.
///
/// # Errors
/// 503 if there is no permit, and those of [`receive`].
pub(super) async fn admit(
    app: &App,
    served: &ServedAgent,
    headers: &HeaderMap,
    body: Body,
) -> Result<Admitted, AgentError> {
    let signature = &served.signature;
    signature.check_headers(headers)?;
    let body = read(body, app).await?;
    let verification = signature.verify(headers, &body)?;
    let permit = app.calls.acquire(&served.limit).map_err(busy)?;
    // Last, so that a call without a permit can be sent again without being a replay.
    let verified = signature.accept(&verification)?;
    Ok(Admitted { received: Received { body, verified }, permit })
}

fn busy(busy: Busy) -> AgentError {
    let message = match busy {
        Busy::Agent => "This agent is busy with other calls. Please try again in a moment.",
        Busy::Server => "This server is busy with other calls. Please try again in a moment.",
    };
    AgentError::new(ErrorStatus::ServiceUnavailable, message).with_retry_after(Duration::from_secs(1))
}
