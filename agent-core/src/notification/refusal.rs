//! The response to a notification that a handler cannot read.

use agent_platform::notification::NotificationError;

use crate::error::{AgentError, ErrorStatus};

/// Returns the error response to the sender: 501 for another version, else 422.
#[must_use]
pub fn refusal(error: &NotificationError) -> AgentError {
    let status = match error {
        NotificationError::OtherVersion(_) => ErrorStatus::NotImplemented,
        _ => ErrorStatus::UnprocessableEntity,
    };
    AgentError::new(status, error.to_string())
}
