//! Edits and restored texts, saved as an annotator saves them: over the row that the page knows, or not at all.

use std::sync::Arc;

use agent_platform::labels::LabelRow;
use serde::Deserialize;

use super::Editor;
use super::data_unit::Place;
use super::edit::Edit;
use super::history::version_of;
use super::problem::Problem;

/// Edits of a row.
#[derive(Debug, Deserialize)]
pub(super) struct Edits {
    #[serde(flatten)]
    place: Place,
    /// The version that the page knows; none if it knows of no row.
    version: Option<String>,
    edits: Vec<Edit>,
}

/// An earlier text that is to be put back.
#[derive(Debug, Deserialize)]
pub(super) struct Restore {
    #[serde(flatten)]
    place: Place,
    /// The version that the page knows.
    version: Option<String>,
    /// The version that is put back; none for the time before there was a row.
    to: Option<String>,
}

impl Editor {
    /// Makes edits on the row and saves it. Gives the hashes of what was added, the new row and its version as JSON.
    ///
    /// # Errors
    /// The first edit that is refused, in which case nothing is saved; or somebody saved since the page read the row.
    pub(super) fn edit(&self, edits: Edits) -> Result<String, Problem> {
        let place = edits.place;
        let (label_hash, document) = self.known(&place, edits.version.as_deref())?;
        let mut row = self.editable(&place, &document)?;
        let mut added = Vec::new();
        for edit in edits.edits {
            added.extend(edit.make(&mut row)?);
        }
        if row.is_changed() {
            self.put(&place, &label_hash, &document, &row.to_json())?;
        }
        // A list of texts always has a JSON text.
        let added = serde_json::to_string(&added).unwrap_or_default();
        self.with_row(&format!("{{\"added\":{added}}}"), &place)
    }

    /// Puts an earlier text of the row back, for undoing and redoing.
    ///
    /// # Errors
    /// The text is not remembered any more, or somebody saved since the page read the row.
    pub(super) fn restore(&self, restore: &Restore) -> Result<String, Problem> {
        let place = &restore.place;
        let (label_hash, document) = self.known(place, restore.version.as_deref())?;
        let text = match &restore.to {
            Some(version) => self.history.text(&label_hash, version).ok_or_else(forgotten)?,
            None => self.without_labels(place, &document)?,
        };
        self.put(place, &label_hash, &document, &text)?;
        self.with_row("{}", place)
    }

    /// The row, which must be the one that the page knows.
    fn known(&self, place: &Place, version: Option<&str>) -> Result<(String, Arc<str>), Problem> {
        self.look_at_disk(place)?;
        let stored = self.stored(place)?;
        let (label_hash, document) = match (stored, version) {
            (None, None) => return self.row_to_edit(place),
            (Some(stored), Some(version)) if version_of(&stored.1) == version => stored,
            (stored, _) => return Err(self.conflict(place, stored.as_ref().map(|(_, document)| &**document))),
        };
        self.history.remember(&label_hash, &document);
        Ok((label_hash, document))
    }

    fn put(&self, place: &Place, label_hash: &str, before: &str, after: &str) -> Result<(), Problem> {
        let saved = self.project(place.project)?.save_over(label_hash, before, after, &self.user)?;
        if saved {
            return Ok(());
        }
        let stored = self.stored(place)?;
        Err(self.conflict(place, stored.as_ref().map(|(_, document)| &**document)))
    }

    fn conflict(&self, place: &Place, document: Option<&str>) -> Problem {
        let row = document.and_then(|document| self.editable(place, document).ok());
        Problem::changed(row.as_ref().and_then(last_editor).as_deref())
    }

    fn without_labels(&self, place: &Place, document: &str) -> Result<Arc<str>, Problem> {
        let mut row = self.editable(place, document)?;
        let objects: Vec<String> = row.objects().map(|object| object.hash().to_owned()).collect();
        for hash in objects {
            row.delete(&hash)?;
        }
        let classifications: Vec<String> = row.classifications().map(|one| one.hash().to_owned()).collect();
        for hash in classifications {
            row.delete_classification(&hash)?;
        }
        Ok(row.to_json().into())
    }
}

/// Who edited a label of the row last.
fn last_editor(row: &LabelRow) -> Option<String> {
    let objects = row.objects().flat_map(|object| object.placements());
    let objects = objects.map(|at| (at.last_edited_at(), at.last_edited_by()));
    let classifications = row.classifications().map(|one| (one.last_edited_at(), one.last_edited_by()));
    let last = objects.chain(classifications).filter(|(at, by)| at.is_some() && by.is_some());
    last.max_by_key(|(at, _)| *at).and_then(|(_, by)| by)
}

fn forgotten() -> Problem {
    Problem::bad("That state of the labels is not remembered any more, so it cannot be put back.")
}
