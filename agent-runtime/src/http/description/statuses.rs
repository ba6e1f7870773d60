//! Error responses of agents and notification handlers, by status.

use agent_core::error::ErrorStatus;
use agent_core::signature_policy::SignatureRule;

use super::{AgentDescription, HandlerDescription};

/// An error response, and the reasons for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) struct Outcome {
    /// Name in the OpenAPI document.
    #[cfg_attr(not(feature = "openapi"), allow(dead_code, reason = "only the OpenAPI document has it"))]
    pub(in crate::http) name: &'static str,
    pub(in crate::http) status: ErrorStatus,
    pub(in crate::http) reason: &'static str,
}

const fn outcome(name: &'static str, status: ErrorStatus, reason: &'static str) -> Outcome {
    Outcome { name, status, reason }
}

const COMPLAINT: Outcome =
    outcome("Complaint", ErrorStatus::BadRequest, "The agent's complaint, or a body that is not JSON.");
const INCOMPLETE: Outcome = outcome("IncompleteBody", ErrorStatus::BadRequest, "The body is incomplete.");
const UNSIGNED: Outcome = outcome("Unauthorized", ErrorStatus::Unauthorized, "The signature is missing or invalid.");
const DENIED: Outcome = outcome(
    "Denied",
    ErrorStatus::Forbidden,
    "The platform denies access, or the call asks for a dry run without a signature.",
);
const UNSIGNED_DRY_RUN: Outcome =
    outcome("UnsignedDryRun", ErrorStatus::Forbidden, "The call asks for a dry run without a signature.");
const NOT_FOUND: Outcome =
    outcome("NotFound", ErrorStatus::NotFound, "The platform does not know the project, the data unit or an object.");
const SLOW_BODY: Outcome = outcome("SlowBody", ErrorStatus::RequestTimeout, "The body did not arrive in time.");
const CONFLICT: Outcome =
    outcome("Conflict", ErrorStatus::Conflict, "Somebody else changed the label row meanwhile. Nothing is saved.");
const TOO_LARGE: Outcome =
    outcome("TooLarge", ErrorStatus::PayloadTooLarge, "The body, or a media file, is too large.");
const NOT_JSON: Outcome =
    outcome("NotJson", ErrorStatus::UnsupportedMediaType, "The body is not sent as `application/json`.");
const INVALID_PAYLOAD: Outcome = outcome(
    "InvalidPayload",
    ErrorStatus::UnprocessableEntity,
    "Invalid members of the payload. `errors` has one entry for each.",
);
const INVALID_NOTIFICATION: Outcome = outcome(
    "InvalidNotification",
    ErrorStatus::UnprocessableEntity,
    "The body is not a notification, or has invalid members.",
);
const BUG: Outcome =
    outcome("Bug", ErrorStatus::Internal, "A bug. `traceId` names the trace, and the log has the cause.");
const UNKNOWN_VERSION: Outcome =
    outcome("UnknownVersion", ErrorStatus::NotImplemented, "The notification has an unknown version.");
const MALFORMED_RESPONSE: Outcome =
    outcome("MalformedResponse", ErrorStatus::BadGateway, "The platform's response is malformed.");
const OVERLOADED: Outcome = outcome(
    "Overloaded",
    ErrorStatus::ServiceUnavailable,
    "The server is overloaded or stopping. `Retry-After` says when to try again.",
);
const UNAVAILABLE: Outcome = outcome(
    "Unavailable",
    ErrorStatus::ServiceUnavailable,
    "The server is overloaded or stopping, or the platform cannot be reached. `Retry-After` says when to try again.",
);
const TIMEOUT: Outcome = outcome("Timeout", ErrorStatus::GatewayTimeout, "The agent did not finish in time.");

/// Returns the error responses that the runtime gives for an agent, by status. An agent can fail with further ones.
pub(in crate::http) fn agent_outcomes(agent: &AgentDescription) -> Vec<Outcome> {
    let reads_payload = !agent.members.is_empty();
    let on_platform = agent.calls_platform;
    let all = [
        (true, COMPLAINT),
        (agent.signature != SignatureRule::Off, UNSIGNED),
        (true, if on_platform { DENIED } else { UNSIGNED_DRY_RUN }),
        (on_platform, NOT_FOUND),
        (true, SLOW_BODY),
        (agent.saves, CONFLICT),
        (true, TOO_LARGE),
        (true, NOT_JSON),
        (reads_payload, INVALID_PAYLOAD),
        (true, BUG),
        (on_platform, MALFORMED_RESPONSE),
        (true, if on_platform { UNAVAILABLE } else { OVERLOADED }),
        (true, TIMEOUT),
    ];
    all.into_iter().filter_map(|(applies, outcome)| applies.then_some(outcome)).collect()
}

/// Returns the error responses for a notification, by status.
pub(in crate::http) fn handler_outcomes(handler: &HandlerDescription) -> Vec<Outcome> {
    let signed = (handler.signature != SignatureRule::Off).then_some(UNSIGNED);
    let others = [SLOW_BODY, TOO_LARGE, INVALID_NOTIFICATION, BUG, UNKNOWN_VERSION, OVERLOADED];
    std::iter::once(INCOMPLETE).chain(signed).chain(others).collect()
}
