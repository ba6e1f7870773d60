//! Conversions between [`AgentError`] and other errors.

use std::any::Any;
use std::error::Error as StdError;
use std::fmt;

use super::AgentError;
use super::platform::known_error;

#[diagnostic::do_not_recommend]
impl<E: Into<Box<dyn StdError + Send + Sync>> + 'static> From<E> for AgentError {
    fn from(error: E) -> Self {
        #[cfg(feature = "anyhow")]
        let error = match super::anyhow_error::convert(error) {
            Ok(converted) => return converted,
            Err(other) => other,
        };
        let cause = error.into();
        if let Some(Failure(error)) = cause.downcast_ref() {
            return error.clone();
        }
        known_error(&*cause).unwrap_or_else(Self::unexplained).with_cause(cause)
    }
}

impl From<AgentError> for Box<dyn StdError> {
    fn from(error: AgentError) -> Self {
        Box::new(Failure(error))
    }
}

/// An error type of an agent: `AgentError`, any `std::error::Error` (a 500), `anyhow::Error`, `Box<dyn Error + Send + Sync>`, or
/// your own type with `impl From<MyError> for AgentError`, which chooses status and message.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an error an editor agent can fail with",
    label = "not an error",
    note = "an agent fails with `AgentError`, with any `std::error::Error`, `anyhow::Error` or `Box<dyn std::error::Error + Send + Sync>` (sent as a 500; a box needs both bounds), or with a type of yours that has `impl From<{Self}> for AgentError`"
)]
pub trait IntoAgentError {
    /// The error as the runtime sends it.
    fn into_agent_error(self) -> AgentError;

    /// The error as the private cause of another.
    #[doc(hidden)]
    fn into_cause(self) -> Box<dyn StdError + Send + Sync>
    where
        Self: Sized,
    {
        Box::new(Failure(self.into_agent_error()))
    }
}

#[diagnostic::do_not_recommend]
impl<E: Into<AgentError> + 'static> IntoAgentError for E {
    fn into_agent_error(self) -> AgentError {
        self.into()
    }

    /// An `AgentError` keeps its message in front of its own cause.
    fn into_cause(self) -> Box<dyn StdError + Send + Sync> {
        let is_agent_error = (&self as &dyn Any).is::<AgentError>();
        let error: AgentError = self.into();
        match error.0.cause.clone() {
            Some(cause) if !is_agent_error => Box::new(cause),
            _ => Box::new(Failure(error)),
        }
    }
}

/// An [`AgentError`] as a `std::error::Error`, which it is not itself.
struct Failure(AgentError);

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl StdError for Failure {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.cause().map(|cause| cause as &dyn StdError)
    }
}
