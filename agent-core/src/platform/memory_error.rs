//! The errors of calls for which there is no memory.

use std::time::Duration;

use agent_platform::memory::MemoryError;

use crate::error::{AgentError, ErrorStatus};

/// Wait before the next try.
const SOON: Duration = Duration::from_secs(1);

/// 413 for a need above the whole budget, 503 for memory that others use at the moment.
pub(crate) fn refused(title: &str, error: MemoryError) -> AgentError {
    match error {
        MemoryError::Busy { .. } => {
            let message = format!("There is no memory left for {title} at the moment. Please try again.");
            AgentError::new(ErrorStatus::ServiceUnavailable, message).with_retry_after(SOON).with_cause(error)
        }
        _ => {
            let message = format!("This agent cannot read {title}: {error}.");
            AgentError::new(ErrorStatus::PayloadTooLarge, message).with_cause(error)
        }
    }
}
