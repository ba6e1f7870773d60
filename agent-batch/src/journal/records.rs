//! The records of a journal.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::stored_rows::StoredRow;
use crate::agreement::Agreement;
use crate::call_mode::CallMode;
use crate::change_counts::ChangeCounts;
use crate::plan::Unit;
use crate::selection::Selection;

/// Version of the format. It changes when older programs would misread the journal.
pub(crate) const FORMAT: u32 = 1;

/// A line of the journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "camelCase")]
pub(crate) enum Record {
    /// The first line.
    Run(Header),
    /// An agent is about to be called for a data unit.
    Start(Start),
    /// A call of a data unit with several calls has succeeded.
    Call(CallDone),
    /// A data unit is finished.
    Done(Done),
}

/// The settings of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Header {
    /// Version of the format.
    pub(crate) format: u32,
    /// URL of the agent, or its path in a program of agents.
    pub agent: String,
    /// URL of the platform's API.
    pub platform: String,
    /// The project.
    pub project: Uuid,
    /// The data units and frames.
    pub selection: Selection,
    /// Effect of the calls.
    pub mode: CallMode,
    /// URL or path of the agent to compare with, or `labels`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against: Option<String>,
    /// Minimum intersection over union of a pair of objects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least_iou: Option<f64>,
    /// Number of data units.
    pub units: usize,
    /// Start in UTC.
    pub started_at: String,
}

/// A label row before the agent was called.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RowBefore {
    pub(crate) label: String,
    /// Digest of its labels.
    pub(crate) digest: String,
    pub(crate) stored: StoredRow,
}

/// The start of a data unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Start {
    /// Position in the plan, from 0.
    pub(crate) number: usize,
    pub(crate) unit: Unit,
    /// `None` if there was no label row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) before: Option<RowBefore>,
}

/// A successful call of a data unit with several calls.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CallDone {
    pub(crate) number: usize,
    pub(crate) frame: u64,
    /// Digest of the labels after the call; `None` if there is no label row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) digest: Option<String>,
}

/// Outcome of a data unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// The agent changed labels, or would have in a dry run.
    Changed,
    /// The agent succeeded without a change.
    Unchanged,
    /// Nothing to call the agent with: no labels or objects as selected.
    Skipped,
    /// A call failed, or the row cannot be read.
    Failed,
    /// The run stopped during the last call. The labels have changed since, so the agent was not called again.
    Recovered,
}

/// The result of a data unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Done {
    /// Position in the plan, from 0.
    pub number: usize,
    /// The data hash.
    pub data: String,
    /// Title of the data unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The outcome.
    pub outcome: Outcome,
    /// Number of responses.
    pub calls: u64,
    /// Status of the last response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The agent's message, or the error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The agent's decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<String>,
    /// Changed labels.
    #[serde(flatten)]
    pub changes: ChangeCounts,
    /// Label hash after the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Digest of the labels after the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// Duration of all calls in milliseconds.
    pub milliseconds: u64,
    /// Agreement with another agent or with the labels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreement: Option<Agreement>,
    /// Pictures before and after, as SVG.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<StoredRow>,
}
