//! Saving label rows.

use serde::Serialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::PlatformClient;
use super::call::{Effect, Scope};
use super::error::{Error, Result};
use super::label_rows::LABEL_ROWS_AT_ONCE;
use super::legacy::QueryMethod;

/// A label row to save: its hash, and the whole row as JSON text.
#[derive(Debug, Clone, Copy)]
pub struct LabelRowToSave<'a> {
    /// The row's hash.
    pub label_hash: &'a str,
    /// The row. Sent as it is, byte for byte; whatever is not in it is gone afterwards.
    pub row: &'a RawValue,
}

/// Whether the platform validates label rows before it saves them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Validation {
    /// The platform validates the rows, and saves none of a request if one is invalid.
    BeforeSaving,
    /// The platform saves the rows as they are.
    Skipped,
}

/// Not all label rows were saved.
#[derive(Debug, thiserror::Error)]
#[error("{saved} of {all} label rows were saved: {source}")]
#[non_exhaustive]
pub struct SaveError {
    /// How many certainly were: the first ones.
    pub saved: usize,
    /// How many there were.
    pub all: usize,
    /// Why the request with the next ones failed. [`Error::may_have_acted`] tells whether they may be saved, too.
    pub source: Error,
}

#[derive(Serialize)]
struct SaveLabels<'a> {
    multi_request: bool,
    labels: Vec<&'a RawValue>,
    validate_before_saving: bool,
}

impl PlatformClient {
    /// Saves a label row: the platform's row is replaced by it as a whole (contract: `platform-api.md`, section 8.6).
    ///
    /// The call is repeated only where the platform cannot have saved:
    /// after a missing connection, 413 and 429. After an error with [`Error::may_have_acted`], read the row before
    /// deciding to save again.
    ///
    /// # Errors
    /// Any of [`Error`].
    pub async fn save_label_row(&self, project: Uuid, row: LabelRowToSave<'_>, validation: Validation) -> Result<()> {
        self.save_at_once(project, &[row], validation).await
    }

    /// Saves label rows, [`LABEL_ROWS_AT_ONCE`] in one request, one request after the other.
    ///
    /// # Errors
    /// How many were saved, and why the rest was not.
    pub async fn save_label_rows(
        &self,
        project: Uuid,
        rows: &[LabelRowToSave<'_>],
        validation: Validation,
    ) -> Result<(), SaveError> {
        let mut saved = 0;
        for some in rows.chunks(LABEL_ROWS_AT_ONCE) {
            let done = self.save_at_once(project, some, validation).await;
            done.map_err(|source| SaveError { saved, all: rows.len(), source })?;
            saved += some.len();
        }
        Ok(())
    }

    async fn save_at_once(&self, project: Uuid, rows: &[LabelRowToSave<'_>], validation: Validation) -> Result<()> {
        let hashes: Vec<&str> = rows.iter().map(|row| row.label_hash).collect();
        let payload = SaveLabels {
            multi_request: true,
            labels: rows.iter().map(|row| row.row).collect(),
            validate_before_saving: validation == Validation::BeforeSaving,
        };
        let query = ("labelrow", QueryMethod::Post);
        let call = self.legacy(Scope::Project(project), query, Some(&hashes), &payload, Effect::Changes)?;
        self.legacy_done(&call).await
    }
}
