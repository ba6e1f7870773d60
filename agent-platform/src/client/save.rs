//! Saving label rows.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::hash::{LabelHash, ProjectHash};

use super::PlatformClient;
use super::call::{Effect, Scope};
use super::error::{Error, Result};
use super::label_rows::MAX_LABEL_ROWS_PER_REQUEST;
use super::legacy::QueryMethod;

/// A label row to save: its hash, and the whole row as JSON text.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct LabelRowToSave<'a> {
    /// The label hash.
    pub label_hash: LabelHash,
    /// The row. It is sent byte for byte, and replaces the platform's row as a whole.
    pub row: &'a RawValue,
}

impl<'a> LabelRowToSave<'a> {
    /// Creates the request to replace the row of this hash.
    #[must_use]
    pub fn new(label_hash: impl Into<LabelHash>, row: &'a RawValue) -> Self {
        Self { label_hash: label_hash.into(), row }
    }
}

/// Validation of label rows by the platform before it saves them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Validation {
    /// The platform validates the rows, and saves none of a request if one is invalid.
    BeforeSaving,
    /// The platform saves the rows as they are.
    Skipped,
}

/// Error of saving several label rows.
#[derive(Debug, thiserror::Error)]
#[error("{saved} of {all} label rows were saved: {source}")]
#[non_exhaustive]
pub struct SaveError {
    /// The number of rows that were certainly saved, counted from the first.
    pub saved: usize,
    /// The total number of rows.
    pub all: usize,
    /// The error of the request that failed. [`Error::may_have_acted`] tells whether its rows may be saved too.
    pub source: Error,
}

#[derive(Serialize)]
struct SaveLabels<'a> {
    multi_request: bool,
    labels: Vec<&'a RawValue>,
    validate_before_saving: bool,
}

impl PlatformClient {
    /// Saves a label row. It replaces the platform's row as a whole (contract:
    /// `docs/contract/endpoints.md#save-label-rows`).
    ///
    /// The call is only retried if the platform certainly did not save: after a failed connection, 413 and 429. After an
    /// error with [`Error::may_have_acted`], read the row before deciding to save again.
    ///
    /// # Errors
    /// Any variant of [`Error`].
    pub async fn save_label_row(
        &self,
        project: impl Into<ProjectHash>,
        row: LabelRowToSave<'_>,
        validation: Validation,
    ) -> Result<()> {
        self.save_at_once(project.into(), &[row], validation).await
    }

    /// Saves label rows in sequential requests of [`MAX_LABEL_ROWS_PER_REQUEST`] rows.
    ///
    /// # Errors
    /// A request failed. The error contains the number of saved rows.
    pub async fn save_label_rows(
        &self,
        project: impl Into<ProjectHash>,
        rows: &[LabelRowToSave<'_>],
        validation: Validation,
    ) -> Result<(), SaveError> {
        let (project, mut saved) = (project.into(), 0);
        for some in rows.chunks(MAX_LABEL_ROWS_PER_REQUEST) {
            let done = self.save_at_once(project, some, validation).await;
            done.map_err(|source| SaveError { saved, all: rows.len(), source })?;
            saved += some.len();
        }
        Ok(())
    }

    async fn save_at_once(
        &self,
        project: ProjectHash,
        rows: &[LabelRowToSave<'_>],
        validation: Validation,
    ) -> Result<()> {
        let hashes: Vec<&LabelHash> = rows.iter().map(|row| &row.label_hash).collect();
        let payload = SaveLabels {
            multi_request: true,
            labels: rows.iter().map(|row| row.row).collect(),
            validate_before_saving: validation == Validation::BeforeSaving,
        };
        let query = ("labelrow", QueryMethod::Post);
        let call = self.legacy(Scope::Project(project), query, Some(&hashes), &payload, Effect::NonIdempotent)?;
        self.legacy_execute(&call).await
    }
}
