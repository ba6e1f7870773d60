//! Calls that only ask about an agent, and never run it.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};

use super::admission::receive;
use super::error_response::{error_response, json_response};
use crate::app::App;
use crate::webhook_signature::SignatureCheck;
use agent_core::response::Reply;

/// The headers with which an editor asks whether an agent is there. Any value that is not empty counts (contract:
/// `platform-api.md`, section 10).
const TEST_HEADERS: [HeaderName; 2] =
    [HeaderName::from_static("x-encord-editor-agent"), HeaderName::from_static("x-encord-agent")];

/// The value with which `agent-studio doctor` asks whether a call would be taken: a word of ours.
const VERIFY_SIGNATURE: &str = "verify-signature";

/// What a call asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TestCall {
    /// Whether something is there.
    IsThere,
    /// Whether its signature is one that calls are taken with.
    IsTaken,
}

impl TestCall {
    /// Nothing if it is a call of the agent itself.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let given = |name| headers.get(name).map(HeaderValue::as_bytes).filter(|value| !value.is_empty());
        let value = TEST_HEADERS.iter().find_map(given)?;
        Some(if value == VERIFY_SIGNATURE.as_bytes() { Self::IsTaken } else { Self::IsThere })
    }

    /// The answer.
    pub(super) async fn answer(
        self,
        app: &App,
        signature: &SignatureCheck,
        headers: &HeaderMap,
        body: Body,
    ) -> Response<Body> {
        let verified = match self {
            Self::IsThere => Ok(()),
            Self::IsTaken => receive(app, signature, headers, body).await.map(drop),
        };
        match verified {
            Ok(()) => json_response(StatusCode::OK, Reply::NOTHING.into_json()),
            Err(error) => error_response(&error, app.settings.show_internals),
        }
    }
}
