//! The row as it is sent.

use std::sync::Arc;

use agent_platform::hash::LabelHash;
use agent_platform::labels::{LabelRow, TransferError};
use serde_json::value::RawValue;

use super::Save;
use super::basis::Basis;
use super::failure::conflict;
use crate::error::AgentError;
use crate::platform::fetch;

/// A changed row with its text.
#[derive(Clone)]
pub(crate) struct Draft {
    pub(crate) label_hash: LabelHash,
    pub(crate) text: Arc<RawValue>,
    /// Its original is the row on the platform that was edited.
    pub(crate) row: LabelRow,
}

impl Draft {
    /// Writes the text of a row.
    pub(crate) fn new(row: LabelRow) -> serde_json::Result<Self> {
        let text = Arc::from(RawValue::from_string(row.to_json())?);
        Ok(Self { label_hash: row.label_hash(), text, row })
    }

    /// The row that was edited, as JSON.
    pub(crate) fn base(&self) -> &str {
        self.row.original_json()
    }
}

impl Save {
    /// Returns the row as it is to be sent. A row that is not on the platform is created first.
    pub(crate) async fn draft(&self) -> Result<Draft, AgentError> {
        let row = match self.basis {
            Basis::Absent => self.created().await?,
            Basis::Edited(_) | Basis::Content => self.row.clone(),
        };
        Ok(fetch::offload(&self.call, row.original_json().len(), move || Draft::new(row)).await??)
    }

    /// Creates the row, and puts the labels into it.
    async fn created(&self) -> Result<LabelRow, AgentError> {
        let created = fetch::create(&self.access.platform, self.access.project, &self.info).await?;
        let created = LabelRow::parse(Box::<str>::from(created), Arc::clone(self.row.ontology()));
        let created = created.map_err(AgentError::internal)?;
        match created.clone().with_labels_of(&self.row) {
            Ok(filled) => Ok(filled),
            Err(cause @ TransferError::LabelledMeanwhile) => match self.rebased_on_created(&created) {
                Some(merged) => Ok(merged),
                None => Err(conflict(&self.call).with_cause(cause)),
            },
            Err(other) => Err(AgentError::internal(other)),
        }
    }

    /// Rebases the labels on a row that somebody else has created and labelled meanwhile; `None` if that is not wanted, or
    /// both labelled the same.
    fn rebased_on_created(&self, created: &LabelRow) -> Option<LabelRow> {
        if !self.merges() {
            return None;
        }
        let merged = LabelRow::merge(&self.row.original().ok()?, &self.row, created).ok()?;
        self.call.save_counts().merges.add_one();
        Some(merged)
    }
}
