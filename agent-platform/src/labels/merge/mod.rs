//! Three-way merge of label rows, and applying a difference to a row.

mod apply;
mod classes;
mod difference;
mod origin;
mod plan;

use super::error::{MergeError, TransferError};
use super::row::LabelRow;

use plan::Plan;

impl LabelRow {
    /// Returns `theirs` with the changes that lead from `base` to `ours`: the edits of one writer, rebased on the row that
    /// another has saved since `base` was read.
    ///
    /// The merge is lossless. What `ours` did not change stays byte for byte as in `theirs`, and the entries that it did
    /// change come over byte for byte, except for an object number that the platform has assigned meanwhile. Later edits have
    /// the author and time of `ours`. Takes time linear in the size of the rows.
    ///
    /// An entry is what [`EntryKey`](super::EntryKey) names, and entries are compared as
    /// [`same_labels`](super::same_labels) does. If both rows changed an entry to the same labels, that of `theirs` stays.
    /// Members that the platform fills in (`objectNumber`, and who created or edited an entry when) never conflict.
    ///
    /// # Errors
    /// [`MergeError::Conflict`] if both rows
    /// * changed the same entry, each in another way;
    /// * changed an object that one of them deleted, whatever they changed of it;
    /// * added an object with the same hash and different labels;
    /// * together removed an object from all its frames, while one of them answered an attribute of it;
    /// * put classifications of one class on the same frame, or a global class on the row twice.
    ///
    /// Other errors if the rows are about different data, or `theirs` lacks a data unit or space of `ours`.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use agent_platform::labels::LabelRow;
    /// # use agent_platform::ontology::Ontology;
    /// use agent_platform::labels::{BoundingBox, MergeError};
    /// # let ontology = r##"{"objects": [{"id": "1", "name": "Car", "color": "#D33115", "shape": "bounding_box",
    /// #     "featureNodeHash": "a1b2c3d4"}], "classifications": []}"##;
    /// # let text = r#"{"label_hash": "l", "data_hash": "d", "data_type": "image", "data_units": {"d": {"data_hash": "d",
    /// #     "data_type": "image/png", "data_sequence": 0, "width": 10, "height": 10, "labels": {}}},
    /// #     "object_answers": {}, "object_actions": {}, "classification_answers": {}}"#;
    /// # let mut base = LabelRow::parse(text, Arc::new(Ontology::parse(ontology)?))?;
    /// base.add("Car").with_hash("first").bounding_box(0.1, 0.2, 0.3, 0.4).on(0)?;
    /// let (mut ours, mut theirs) = (base.clone(), base.clone());
    /// ours.edit("first")?.at(0)?.change::<BoundingBox>(|shape| shape.x = 0.15)?;
    /// theirs.add("Car").bounding_box(0.5, 0.5, 0.2, 0.2).on(0)?;
    ///
    /// let merged = LabelRow::merge(&base, &ours, &theirs)?;
    /// assert_eq!(merged.frame(0).objects().count(), 2);
    /// assert_eq!(merged.object("first")?.at(0)?.coordinates::<BoundingBox>()?.x, 0.15);
    ///
    /// theirs.delete("first")?;
    /// let refused = LabelRow::merge(&base, &ours, &theirs);
    /// assert!(matches!(refused, Err(MergeError::Conflict { entries }) if entries.len() == 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn merge(base: &Self, ours: &Self, theirs: &Self) -> Result<Self, MergeError> {
        theirs.check_mergeable(base)?;
        theirs.check_mergeable(ours)?;
        if is_foreign_free(base, ours, theirs) {
            return Ok(ours.clone());
        }
        let changes = super::difference::Sides::new(base, ours).changes();
        let plan = Plan::new(base, ours, theirs, &changes)?;
        let mut merged = theirs.clone();
        merged.occupancy = None;
        merged.author.clone_from(&ours.author);
        merged.clock = ours.clock;
        if merged.metadata.is_none() {
            merged.metadata.clone_from(&ours.metadata);
        }
        merged.apply(&plan.deleted, &plan.changes, ours)?;
        plan.finish(merged)
    }

    fn check_mergeable(&self, other: &Self) -> Result<(), MergeError> {
        if self.data_hash() != other.data_hash() || self.data_type() != other.data_type() {
            return Err(MergeError::OtherData { data_hash: other.data_hash().into_owned() });
        }
        self.check_units(other).map_err(|error| match error {
            TransferError::NoDataUnit { data_hash } => MergeError::NoDataUnit { data_hash },
            _ => MergeError::OtherData { data_hash: other.data_hash().into_owned() },
        })
    }
}

/// Returns whether nobody else changed anything, so that our row is the merged one.
fn is_foreign_free(base: &LabelRow, ours: &LabelRow, theirs: &LabelRow) -> bool {
    let read = theirs.original_json();
    !base.is_changed() && !theirs.is_changed() && base.original_json() == read && ours.original_json() == read
}
