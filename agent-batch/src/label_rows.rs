//! Label rows of the project of a run.

use std::sync::Arc;

use agent_platform::client::{Error, LabelRowFilter, LabelRowToSave, PlatformClient, ReadLabels, Validation};
use agent_platform::labels::{LabelRow, RowError};
use agent_platform::ontology::Ontology;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::error::BatchError;
use super::labels_digest::labels_digest;
use super::plan::Unit;

/// Access to the label rows of a project, on the branch `main`.
#[derive(Debug, Clone)]
pub(crate) struct LabelRows {
    platform: PlatformClient,
    project: Uuid,
    ontology: Arc<Ontology>,
}

/// A label row as the platform has it.
#[derive(Debug, Clone)]
pub(crate) struct CurrentRow {
    pub(crate) label: String,
    /// JSON, byte for byte.
    pub(crate) text: Box<str>,
}

impl CurrentRow {
    pub(crate) fn digest(&self) -> String {
        labels_digest(&self.text)
    }
}

impl LabelRows {
    /// Reads the ontology of a project.
    ///
    /// # Errors
    /// The platform refuses access, or the ontology is invalid.
    pub(crate) async fn open(platform: PlatformClient, project: Uuid) -> Result<Self, BatchError> {
        let ontology = platform.project(project).await?.ontology_hash;
        let ontology = platform.ontology(&ontology).await?;
        let ontology = Ontology::parse(ontology.get()).map_err(|error| BatchError::Ontology(error.to_string()))?;
        Ok(Self { platform, project, ontology: Arc::new(ontology) })
    }

    /// Reads the label row of a data unit; `None` if it has none. Never creates one.
    ///
    /// # Errors
    /// A request fails.
    pub(crate) async fn current(&self, data: &str, label: Option<&str>) -> Result<Option<CurrentRow>, Error> {
        let found;
        let label = match label {
            Some(label) => label,
            None => {
                let filter = LabelRowFilter::default().data_hashes([data.to_owned()]);
                let rows = self.platform.list_label_rows(self.project, &filter).await?;
                let Some(hash) = rows.into_iter().find_map(|row| row.label_hash) else { return Ok(None) };
                found = hash.to_string();
                &found
            }
        };
        let row = self.platform.label_row(self.project, label, &ReadLabels::default()).await?;
        Ok(Some(CurrentRow { label: label.to_owned(), text: row.into() }))
    }

    /// Reads the label row of a data unit of the plan.
    ///
    /// # Errors
    /// A request fails.
    pub(super) async fn of_unit(&self, unit: &Unit) -> Result<Option<CurrentRow>, Error> {
        self.current(&unit.data, unit.label.as_deref()).await
    }

    /// Replaces a label row.
    ///
    /// # Errors
    /// The platform rejects the row, or a request fails.
    pub(super) async fn save(&self, label: &str, row: &str) -> Result<(), BatchError> {
        let row = RawValue::from_string(row.to_owned());
        let row = row.map_err(|error| BatchError::Ontology(error.to_string()))?;
        let to_save = LabelRowToSave::new(label, &row);
        Ok(self.platform.save_label_row(self.project, to_save, Validation::Skipped).await?)
    }

    /// Parses a label row.
    ///
    /// # Errors
    /// The text is not a label row.
    pub(crate) fn parse(&self, text: &str) -> Result<LabelRow, RowError> {
        LabelRow::parse(text, Arc::clone(&self.ontology))
    }

    /// Returns the client of the platform.
    pub(crate) fn platform(&self) -> &PlatformClient {
        &self.platform
    }

    /// Returns the ontology of the project.
    pub(crate) fn ontology(&self) -> &Arc<Ontology> {
        &self.ontology
    }
}
