//! Difference between two label rows as JSON documents, either of which may not exist.

use std::sync::Arc;

use super::LabelDifference;
use crate::labels::{LabelRow, RowError};
use crate::ontology::Ontology;

impl LabelDifference {
    /// Returns the labels that changed between two JSON documents. A row that did not exist had no labels.
    ///
    /// # Errors
    /// A document is not a label row.
    pub fn from_documents(
        before: Option<&str>,
        after: Option<&str>,
        ontology: &Arc<Ontology>,
    ) -> Result<Self, RowError> {
        let parse = |text: &str| LabelRow::parse(text, Arc::clone(ontology));
        let Some(after) = after.map(parse).transpose()? else { return Ok(Self::default()) };
        let before = before.map(parse).transpose()?.unwrap_or_else(|| after.clone().without_labels());
        Ok(after.difference_from(&before))
    }
}

impl LabelRow {
    /// Returns the row without its objects and classifications.
    #[must_use]
    pub fn without_labels(mut self) -> Self {
        let objects: Vec<_> = self.objects().map(|object| object.hash().clone()).collect();
        let classifications: Vec<_> = self.classifications().map(|one| one.hash().clone()).collect();
        // The row has them, so that no removal fails.
        for hash in objects {
            let _ = self.delete(&hash);
        }
        for hash in classifications {
            let _ = self.delete_classification(&hash);
        }
        self
    }
}
