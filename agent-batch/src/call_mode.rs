//! Saving runs and dry runs.

use serde::{Deserialize, Serialize};

/// Effect of the calls of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CallMode {
    /// The agent saves its changes.
    Save,
    /// The agent returns its changes instead of saving them.
    DryRun,
}
