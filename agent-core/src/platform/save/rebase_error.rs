//! Errors of a rebase.

use crate::error::AgentError;
use agent_platform::client::Error;
use agent_platform::labels::{MergeError, RowError};

/// Reasons why edits are not rebased.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RebaseError {
    /// They overlap with somebody else's, or do not fit the row.
    #[error(transparent)]
    Merge(#[from] MergeError),
    /// The row was saved again and again.
    #[error("the label row is saved faster than it can be merged")]
    Busy,
    /// The platform sent no label row.
    #[error(transparent)]
    Row(#[from] RowError),
    /// The merged row cannot be written.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// The row cannot be read.
    #[error(transparent)]
    Platform(#[from] Error),
    /// The merge panicked, or was lost when the server stopped.
    #[error("the merge did not finish")]
    Work(AgentError),
}
