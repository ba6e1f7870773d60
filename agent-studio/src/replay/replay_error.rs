//! Errors of replaying a case.

use crate::cases::CaseError;
use crate::local_platform::LocalPlatformError;

/// Error of replaying a case.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReplayError {
    /// The case cannot be read or written.
    #[error(transparent)]
    Case(#[from] CaseError),
    /// The platform cannot serve the project of the case.
    #[error(transparent)]
    Platform(#[from] LocalPlatformError),
    /// The agents' program does not start.
    #[error("the agents do not start: {0}")]
    Agents(String),
    /// The recorded model servers cannot be replayed.
    #[error("cannot listen for requests to model servers: {0}")]
    Models(std::io::Error),
    /// The agent did not respond.
    #[error("the agent did not respond: {0}")]
    NoResponse(String),
}
