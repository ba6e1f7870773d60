//! Test calls, which never run the agent.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};

use super::admission::receive;
use super::error_response::{error_response, json_response};
use crate::app::App;
use crate::webhook_signature::SignatureCheck;
use agent_core::response::Reply;

/// The headers with which an editor checks that an agent is reachable. Any non-empty value counts (contract:
/// `docs/contract/agent-protocol.md#test-call`).
const TEST_HEADERS: [HeaderName; 2] =
    [HeaderName::from_static("x-encord-editor-agent"), HeaderName::from_static("x-encord-agent")];

/// The header value with which `agent-studio doctor` requests a verification of the signature. Not part of the platform's
/// contract.
const VERIFY_SIGNATURE: &str = "verify-signature";

/// The kind of a test call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TestCall {
    /// Checks that the agent exists.
    Reachable,
    /// Verifies the call's signature.
    VerifySignature,
}

impl TestCall {
    /// Reads the test headers. `None` for a real call.
    pub(super) fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let non_empty = |name| headers.get(name).map(HeaderValue::as_bytes).filter(|value| !value.is_empty());
        let value = TEST_HEADERS.iter().find_map(non_empty)?;
        Some(if value == VERIFY_SIGNATURE.as_bytes() { Self::VerifySignature } else { Self::Reachable })
    }

    /// Responds to the test call.
    pub(super) async fn respond(
        self,
        app: &App,
        signature: &SignatureCheck,
        headers: &HeaderMap,
        body: Body,
    ) -> Response<Body> {
        let verified = match self {
            Self::Reachable => Ok(()),
            Self::VerifySignature => receive(app, signature, headers, body).await.map(drop),
        };
        match verified {
            Ok(()) => json_response(StatusCode::OK, Reply::NOTHING.into_json()),
            Err(error) => error_response(&error, app.settings.error_causes),
        }
    }
}
