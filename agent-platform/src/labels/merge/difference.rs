//! Applying a difference to a row.

use std::collections::BTreeSet;

use crate::hash::ObjectHash;
use crate::labels::difference::{ChangeKind, LabelChange, LabelDifference, same_written};
use crate::labels::entry_key::EntryKey;
use crate::labels::error::MergeError;
use crate::labels::row::LabelRow;

use super::origin::Entries;

impl LabelRow {
    /// Makes the changes of a difference, such as that of a dry run. The entries come over byte for byte. What the difference does not
    /// name stays byte for byte as it is.
    ///
    /// # Errors
    /// [`MergeError::Conflict`] if a changed entry is not as it was in the base of the difference. The row is unchanged then. Other
    /// errors if the row lacks a data unit or space of the difference.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use agent_platform::labels::LabelRow;
    /// # use agent_platform::ontology::Ontology;
    /// use agent_platform::labels::{LabelDifference, MergeError};
    /// # let ontology = r##"{"objects": [{"id": "1", "name": "Car", "color": "#D33115", "shape": "bounding_box",
    /// #     "featureNodeHash": "a1b2c3d4"}], "classifications": []}"##;
    /// # let text = r#"{"label_hash": "l", "data_hash": "d", "data_type": "image", "data_units": {"d": {"data_hash": "d",
    /// #     "data_type": "image/png", "data_sequence": 0, "width": 10, "height": 10, "labels": {}}},
    /// #     "object_answers": {}, "object_actions": {}, "classification_answers": {}}"#;
    /// # let base = LabelRow::parse(text, Arc::new(Ontology::parse(ontology)?))?;
    /// let mut previewed = base.clone();
    /// previewed.add("Car").with_hash("car").bounding_box(0.1, 0.2, 0.3, 0.4).on(0)?;
    /// let json = serde_json::to_string(&previewed.difference_from(&base))?;
    ///
    /// let difference: LabelDifference = serde_json::from_str(&json)?;
    /// let mut row = base.clone();
    /// row.apply_difference(&difference)?;
    /// assert!(row.object("car").is_ok());
    /// // The object is there already.
    /// assert!(matches!(row.apply_difference(&difference), Err(MergeError::Conflict { .. })));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn apply_difference(&mut self, difference: &LabelDifference) -> Result<(), MergeError> {
        let changed_since =
            |change: &&LabelChange| !same_written(&change.key, &self.written_entries(&change.key), &change.before);
        let conflicts: BTreeSet<EntryKey> =
            difference.entries().filter(changed_since).map(|change| change.key.clone()).collect();
        if !conflicts.is_empty() {
            return Err(MergeError::Conflict { entries: conflicts.into_iter().collect() });
        }
        let (removed, changes): (Vec<_>, Vec<_>) = difference
            .entries()
            .partition(|change| change.key.object_hash().is_some() && change.instance_kind() == ChangeKind::Removed);
        let deleted: BTreeSet<&str> =
            removed.iter().filter_map(|change| change.key.object_hash()).map(ObjectHash::as_str).collect();
        let deleted: Vec<&str> = deleted.into_iter().collect();
        let mut row = self.clone();
        row.occupancy = None;
        row.apply(&deleted, &changes, &Entries::new(difference))?;
        row.complete_answers(&changes)?;
        *self = row;
        Ok(())
    }

    /// Adds the missing entries of answers for objects: an entry without answers is in no difference.
    fn complete_answers(&mut self, changes: &[&LabelChange]) -> Result<(), MergeError> {
        let hashes: BTreeSet<&str> =
            changes.iter().filter_map(|change| change.key.object_hash()).map(ObjectHash::as_str).collect();
        for hash in hashes {
            if let Ok(id) = self.object_id(hash) {
                self.answers_entry(id)?;
            }
        }
        Ok(())
    }
}
