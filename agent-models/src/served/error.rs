//! Errors of model servers.

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use agent_core::error::{AgentError, ErrorStatus};
use agent_platform::memory::MemoryError;

/// Maximum length of a reason or a server's message, in bytes.
const MAX_TEXT_BYTES: usize = 300;
/// `Retry-After` if the server does not set one.
const DEFAULT_RETRY_AFTER: Duration = Duration::from_secs(1);

/// Shared, because the error of a batch is that of every call in it.
type Cause = Arc<dyn StdError + Send + Sync>;

/// The failure of a request to a model server.
///
/// The methods of [`ServedModel`](super::ServedModel) return an [`AgentError`] with the message for the annotator, and this error
/// as its cause: [`from_agent_error`](Self::from_agent_error).
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum ServedError {
    /// The connection could not be established.
    #[error("the model server cannot be reached")]
    Unreachable(#[source] Cause),
    /// The connection broke before the response was complete.
    #[error("the connection to the model server broke")]
    Interrupted(#[source] Cause),
    /// The response did not arrive in time.
    #[error("the model server did not respond within {} s", .0.as_secs_f64())]
    Timeout(Duration),
    /// The server or the model takes no requests for now: status 429 or 503, or the gRPC codes `UNAVAILABLE` and
    /// `RESOURCE_EXHAUSTED`.
    #[error("the model server is overloaded or not ready")]
    Overloaded {
        /// The server's `Retry-After`.
        retry_after: Option<Duration>,
    },
    /// The server does not have the model, or the version.
    #[error("the model server does not have the model {model:?}")]
    UnknownModel {
        /// Name of the model.
        model: String,
    },
    /// The server rejected the request.
    #[error("the model server rejected the request: {status}: {message}")]
    Rejected {
        /// HTTP status or gRPC code, such as `400` or `InvalidArgument`.
        status: String,
        /// The beginning of the server's message. It may contain paths and other internals.
        message: String,
    },
    /// The server does not accept requests of this length: status 413, or the gRPC code `RESOURCE_EXHAUSTED` with such a message.
    #[error("the request is larger than the model server accepts")]
    RequestTooLarge,
    /// The response violates the protocol, or is not what the caller requires.
    #[error("invalid response: {0}")]
    InvalidResponse(String),
    /// The response exceeds the limit.
    #[error("the response exceeds {limit} bytes")]
    ResponseTooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// The memory budget has no room for the request or the response.
    #[error("no memory for the request or the response: {0}")]
    NoMemory(#[source] MemoryError),
    /// The request cannot be sent: tensors with wrong sizes, or values that the transport cannot encode.
    #[error("invalid request: {0}")]
    InvalidRequest(String),
    /// The settings of the client are invalid.
    #[error("{0}")]
    InvalidSettings(String),
}

impl ServedError {
    /// Returns the error of a model server that is the cause of `error`.
    #[must_use]
    pub fn from_agent_error(error: &AgentError) -> Option<&Self> {
        error.cause()?.downcast_ref()
    }

    /// Converts an error of the connection.
    pub(crate) fn from_connection(error: reqwest::Error) -> Self {
        let error = error.without_url();
        if error.is_connect() { Self::Unreachable(Arc::new(error)) } else { Self::Interrupted(Arc::new(error)) }
    }

    pub(crate) fn invalid_response(reason: impl Into<String>) -> Self {
        Self::InvalidResponse(shortened(&reason.into()))
    }

    pub(crate) fn invalid_request(reason: impl Into<String>) -> Self {
        Self::InvalidRequest(shortened(&reason.into()))
    }

    pub(crate) fn rejected(status: impl Into<String>, message: &str) -> Self {
        Self::Rejected { status: status.into(), message: shortened(message) }
    }

    /// Returns `true` for the messages of `TorchServe` when the code of a model fails, although their status says that the server is
    /// unavailable.
    pub(crate) fn is_failed_prediction(message: &str) -> bool {
        message.starts_with("Prediction failed") || message.starts_with("Invalid model predict output")
    }

    /// Returns `true` if the same request may succeed on another attempt. Timeouts are not repeated: that would double the load of a
    /// server that is too slow already.
    pub(crate) fn is_transient(&self) -> bool {
        matches!(self, Self::Unreachable(_) | Self::Interrupted(_) | Self::Overloaded { .. })
    }

    /// Returns the message for the annotator.
    fn message(&self) -> String {
        match self {
            Self::Unreachable(_) => "The model server cannot be reached. Please try again in a moment.".to_owned(),
            Self::Interrupted(_) => "The connection to the model server broke. Please try again.".to_owned(),
            Self::Timeout(after) => format!("The model server did not respond within {} s.", after.as_secs_f64()),
            Self::Overloaded { .. } => "The model server is busy or starting. Please try again in a moment.".to_owned(),
            Self::UnknownModel { model } => format!("The model server does not have the model `{model}`."),
            Self::Rejected { status, .. } => format!("The model server rejected the request: {status}."),
            Self::RequestTooLarge => "The request is larger than the model server accepts.".to_owned(),
            Self::InvalidResponse(reason) => format!("The model server's response is invalid: {reason}."),
            Self::ResponseTooLarge { limit } => {
                format!("The model server's response is larger than the {limit} bytes that this agent reads.")
            }
            Self::NoMemory(MemoryError::Busy { .. }) => {
                "There is no memory left for the model server's response at the moment. Please try again.".to_owned()
            }
            Self::NoMemory(error) => format!("The model server's response is too large for the agents: {error}."),
            Self::InvalidRequest(_) => "The agent made an invalid request to the model server.".to_owned(),
            Self::InvalidSettings(reason) => reason.clone(),
        }
    }

    fn status(&self) -> ErrorStatus {
        match self {
            Self::Unreachable(_) | Self::Overloaded { .. } | Self::NoMemory(MemoryError::Busy { .. }) => {
                ErrorStatus::ServiceUnavailable
            }
            Self::NoMemory(_) => ErrorStatus::PayloadTooLarge,
            Self::Timeout(_) => ErrorStatus::GatewayTimeout,
            Self::InvalidRequest(_) | Self::InvalidSettings(_) => ErrorStatus::Internal,
            _ => ErrorStatus::BadGateway,
        }
    }

    /// Converts into the error that the agent returns.
    pub(crate) fn into_agent_error(self) -> AgentError {
        let error = AgentError::new(self.status(), self.message());
        let error = match &self {
            Self::Overloaded { retry_after } => error.with_retry_after(retry_after.unwrap_or(DEFAULT_RETRY_AFTER)),
            Self::Unreachable(_) | Self::NoMemory(MemoryError::Busy { .. }) => {
                error.with_retry_after(DEFAULT_RETRY_AFTER)
            }
            _ => error,
        };
        error.with_cause(self)
    }
}

/// Returns the first line of the text, shortened to [`MAX_TEXT_BYTES`], without control characters.
fn shortened(text: &str) -> String {
    let line = text.trim().lines().next().unwrap_or_default();
    let end = line.floor_char_boundary(MAX_TEXT_BYTES);
    let mut short: String = line[..end].chars().filter(|character| !character.is_control()).collect();
    if end < line.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_of_servers_are_private_and_short() {
        let error = ServedError::rejected("500", &format!("secret path\u{7}{}\nsecond line", "é".repeat(400)));
        let error = error.into_agent_error();
        assert_eq!(error.message(), "The model server rejected the request: 500.");
        let cause = error.chain();
        assert!(cause.contains("secret pathé") && cause.ends_with('…') && cause.len() < 400, "{cause}");
        assert!(matches!(ServedError::from_agent_error(&error), Some(ServedError::Rejected { .. })));
    }

    #[test]
    fn overload_keeps_retry_after() {
        let after = Duration::from_secs(7);
        let error = ServedError::Overloaded { retry_after: Some(after) }.into_agent_error();
        assert_eq!((error.status(), error.retry_after()), (ErrorStatus::ServiceUnavailable, Some(after)));
    }
}
