//! The errors of calls for which there is no memory.

use std::time::Duration;

use agent_platform::memory::{BytePermit, MemoryError};

use crate::call::EditorCall;
use crate::error::{AgentError, ErrorStatus};

/// Wait before the next try.
const SOON: Duration = Duration::from_secs(1);

impl EditorCall {
    /// Acquires memory for work of the call, in bytes, from the budget that the calls of the server share. Waits up to 30 s, unless
    /// the call holds memory already. Move the permit into the work. `title` is the subject of the error for the annotator.
    ///
    /// # Errors
    /// 413: more than the whole budget. 503: the memory is in use by other calls.
    pub async fn acquire_memory(&self, bytes: u64, title: &str) -> Result<BytePermit, AgentError> {
        self.memory().acquire(bytes).await.map_err(|error| refused(title, error))
    }
}

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
