//! The errors of a save, as the annotator reads them.

use agent_platform::client::Error;
use agent_platform::labels::MergeError;

use super::rebase_error::RebaseError;
use crate::call::EditorCall;
use crate::error::{AgentError, ErrorStatus};

/// Somebody else saved the row meanwhile, and this save has written nothing.
pub(crate) fn conflict(call: &EditorCall) -> AgentError {
    let message = "Somebody else saved these labels while the agent was at work, so the agent's were not saved. \
                   Reload the task and run the agent again.";
    refused(AgentError::new(ErrorStatus::Conflict, message), call)
}

/// The edits cannot be merged into the row that somebody else saved meanwhile, and nothing has been written.
pub(crate) fn overlap(error: RebaseError, call: &EditorCall) -> AgentError {
    match error {
        RebaseError::Merge(MergeError::Conflict { .. }) => {
            let message = "Somebody else changed the same labels while the agent was at work, so the agent's \
                           were not saved. Reload the task and run the agent again.";
            refused(AgentError::new(ErrorStatus::Conflict, message).with_cause(error), call)
        }
        RebaseError::Merge(_) | RebaseError::Busy => conflict(call).with_cause(error),
        RebaseError::Platform(error) => error.into(),
        RebaseError::Row(_) => {
            let message = "The platform sent the label row in a form that cannot be read.";
            AgentError::new(ErrorStatus::BadGateway, message).with_cause(error)
        }
        RebaseError::Work(error) => error,
        RebaseError::Json(_) => AgentError::internal(error),
    }
}

/// Lets the agent run again, unless the call has saved something before.
fn refused(error: AgentError, call: &EditorCall) -> AgentError {
    if call.save_counts().saves.get() == 0 { error.repeatable() } else { error }
}

/// The labels were saved, and are not on the platform any more. The agent must not run again: the annotator decides.
pub(crate) fn replaced() -> AgentError {
    let message = "The labels of the agent were saved, but somebody else's save has replaced them. \
                   Reload the task and run the agent again.";
    AgentError::new(ErrorStatus::Conflict, message)
}

/// The save was not acknowledged, and the row does not show whether it was done.
pub(crate) fn unconfirmed(error: &Error) -> AgentError {
    let status = match error {
        Error::Timeout(_) => ErrorStatus::GatewayTimeout,
        _ => ErrorStatus::BadGateway,
    };
    let message =
        "The platform did not confirm that the labels were saved. Reload the task to see whether they are there.";
    AgentError::new(status, message)
}
