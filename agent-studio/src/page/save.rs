//! Saving of edits and restored documents, with optimistic concurrency.

use std::sync::Arc;

use agent_platform::labels::LabelRow;
use serde::Deserialize;

use super::Editor;
use super::data_unit::RowLocation;
use super::edit::Edit;
use super::history::version_of;
use super::problem::Problem;

/// A request to edit a row.
#[derive(Debug, Deserialize)]
pub(super) struct Edits {
    #[serde(flatten)]
    location: RowLocation,
    /// Version of the row that the page has; `None` if it has no row.
    version: Option<String>,
    edits: Vec<Edit>,
}

/// A request to restore an earlier document.
#[derive(Debug, Deserialize)]
pub(super) struct Restore {
    #[serde(flatten)]
    location: RowLocation,
    /// Version of the row that the page has.
    version: Option<String>,
    /// Version to restore; `None` for the state before the row existed.
    to: Option<String>,
}

impl Editor {
    /// Applies edits to the row and saves it. Returns the hashes of added objects and classifications, the new row and
    /// its version, as JSON.
    ///
    /// # Errors
    /// An edit is rejected, or somebody saved since the page read the row. In both cases nothing is saved.
    pub(super) fn edit(&self, edits: Edits) -> Result<String, Problem> {
        let location = edits.location;
        let (label_hash, document) = self.current_row(&location, edits.version.as_deref())?;
        let mut row = self.editable(&location, &document)?;
        let mut added = Vec::new();
        for edit in edits.edits {
            added.extend(edit.apply(&mut row)?);
        }
        if row.is_changed() {
            self.save(&location, &label_hash, &document, &row.to_json())?;
        }
        // Serializing a list of strings cannot fail.
        let added = serde_json::to_string(&added).unwrap_or_default();
        self.with_row(&format!("{{\"added\":{added}}}"), &location)
    }

    /// Restores an earlier document of the row, for undo and redo.
    ///
    /// # Errors
    /// The version has been evicted from the history, or somebody saved since the page read the row.
    pub(super) fn restore(&self, restore: &Restore) -> Result<String, Problem> {
        let location = &restore.location;
        let (label_hash, document) = self.current_row(location, restore.version.as_deref())?;
        let text = match &restore.to {
            Some(version) => self.history.text(&label_hash, version).ok_or_else(version_expired)?,
            None => self.without_labels(location, &document)?,
        };
        self.save(location, &label_hash, &document, &text)?;
        self.with_row("{}", location)
    }

    /// Returns the row if its version is the expected one.
    pub(super) fn current_row(
        &self,
        location: &RowLocation,
        version: Option<&str>,
    ) -> Result<(String, Arc<str>), Problem> {
        self.reload_if_changed(location)?;
        let stored = self.stored_row(location)?;
        let (label_hash, document) = match (stored, version) {
            (None, None) => return self.row_to_edit(location),
            (Some(stored), Some(version)) if version_of(&stored.1) == version => stored,
            (stored, _) => return Err(self.conflict(location, stored.as_ref().map(|(_, document)| &**document))),
        };
        self.history.remember(&label_hash, &document);
        Ok((label_hash, document))
    }

    pub(super) fn save(
        &self,
        location: &RowLocation,
        label_hash: &str,
        before: &str,
        after: &str,
    ) -> Result<(), Problem> {
        let saved = self.project(location.project)?.save_if_unchanged(label_hash, before, after, &self.user)?;
        if saved {
            return Ok(());
        }
        let stored = self.stored_row(location)?;
        Err(self.conflict(location, stored.as_ref().map(|(_, document)| &**document)))
    }

    fn conflict(&self, location: &RowLocation, document: Option<&str>) -> Problem {
        let row = document.and_then(|document| self.editable(location, document).ok());
        Problem::conflict(row.as_ref().and_then(last_editor).as_deref())
    }

    fn without_labels(&self, location: &RowLocation, document: &str) -> Result<Arc<str>, Problem> {
        Ok(self.editable(location, document)?.without_labels().to_json().into())
    }
}

/// Returns the author of the latest edit of a label in the row.
fn last_editor(row: &LabelRow) -> Option<String> {
    let objects = row.objects().flat_map(|object| object.placements());
    let objects = objects.map(|at| (at.last_edited_at(), at.last_edited_by()));
    let classifications = row.classifications().map(|one| (one.last_edited_at(), one.last_edited_by()));
    let last = objects.chain(classifications).filter(|(at, by)| at.is_some() && by.is_some());
    last.max_by_key(|(at, _)| *at).and_then(|(_, by)| by)
}

fn version_expired() -> Problem {
    Problem::bad_request("This state of the labels is no longer in the history, so it cannot be restored.")
}
