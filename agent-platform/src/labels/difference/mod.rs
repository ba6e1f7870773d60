//! Difference between two label rows, entry by entry.

mod change;
mod documents;
mod entry_text;
mod instance;
mod shape_text;
mod sides;
mod text;
mod wire;
mod written;

use super::row::LabelRow;

pub use change::{ChangeKind, LabelChange};
pub(crate) use sides::{Sides, has_object};
pub use written::WrittenEntry;
pub(crate) use written::same_written;

/// The request header that asks an agent for a dry run, with the value `true`: the response has the [`LabelDifference`] of each save
/// instead of saving. It is an extension of `agent-runtime`, not part of the platform's contract.
pub const DRY_RUN_HEADER: &str = "x-agent-dry-run";

/// The labels that changed from a base to another row; see [`LabelRow::difference_from`].
///
/// Its text has a line for each change, for people and for snapshots of tests. Objects and classifications that were added are
/// named by their class alone, since their hashes differ from run to run. As JSON, it is
/// `{"changes": [{"entry", "kind", "instance", "class", "objectHash", "space", "frame", "before", "after"}, ...]}` with the
/// entries of the rows as they are written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LabelDifference {
    changes: Vec<LabelChange>,
}

/// Presence of the changes of a [`LabelDifference`] in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Presence {
    /// Every changed entry is as the difference left it. Other entries may differ.
    Present,
    /// Every changed entry is as it was in the base, as after a save by somebody who had not read the changes. Other entries
    /// may differ.
    Missing,
    /// Some changed entries are neither, or only some are missing: somebody has changed or removed them since.
    Altered,
}

impl LabelRow {
    /// Returns the labels that changed from `base` to this row.
    ///
    /// Entries are compared by meaning, as [`same_labels`](super::same_labels) does; the order of objects on a frame is
    /// ignored. Takes time linear in the size of both rows.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use agent_platform::labels::LabelRow;
    /// # use agent_platform::ontology::Ontology;
    /// use agent_platform::labels::{BoundingBox, ChangeKind};
    /// # let ontology = r##"{"objects": [{"id": "1", "name": "Car", "color": "#D33115", "shape": "bounding_box",
    /// #     "featureNodeHash": "a1b2c3d4"}], "classifications": []}"##;
    /// # let text = r#"{"label_hash": "l", "data_hash": "d", "data_type": "image", "data_units": {"d": {"data_hash": "d",
    /// #     "data_type": "image/png", "data_sequence": 0, "width": 10, "height": 10, "labels": {}}},
    /// #     "object_answers": {}, "object_actions": {}, "classification_answers": {}}"#;
    /// # let base = LabelRow::parse(text, Arc::new(Ontology::parse(ontology)?))?;
    /// let mut row = base.clone();
    /// let car = row.add("Car").bounding_box(0.1, 0.2, 0.3, 0.4).on(0)?.hash().to_owned();
    ///
    /// let difference = row.difference_from(&base);
    /// let change = difference.entries().next().unwrap();
    /// assert_eq!(change.kind(), ChangeKind::Added);
    /// assert_eq!(change.key().to_string(), format!("object {car} on frame 0"));
    /// assert_eq!(difference.to_string(), "added Car on frame 0: box 0.1, 0.2, 0.3 × 0.4");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn difference_from(&self, base: &Self) -> LabelDifference {
        let mut changes = Sides::new(base, self).changes();
        changes.retain(|change| change.is_meaningful);
        for change in &mut changes {
            change.instance = instance::instance_of(&change.key, base, self);
        }
        LabelDifference { changes }
    }
}

impl LabelDifference {
    /// Returns `true` if no label changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Returns the number of changed entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.changes.len()
    }

    /// Returns the changes: object by object, then classification by classification.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = &LabelChange> {
        self.changes.iter()
    }

    /// Returns whether a row holds these changes. An empty difference is present in every row.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use agent_platform::labels::LabelRow;
    /// # use agent_platform::ontology::Ontology;
    /// use agent_platform::labels::Presence;
    /// # let ontology = r##"{"objects": [{"id": "1", "name": "Car", "color": "#D33115", "shape": "bounding_box",
    /// #     "featureNodeHash": "a1b2c3d4"}], "classifications": []}"##;
    /// # let text = r#"{"label_hash": "l", "data_hash": "d", "data_type": "image", "data_units": {"d": {"data_hash": "d",
    /// #     "data_type": "image/png", "data_sequence": 0, "width": 10, "height": 10, "labels": {}}},
    /// #     "object_answers": {}, "object_actions": {}, "classification_answers": {}}"#;
    /// # let base = LabelRow::parse(text, Arc::new(Ontology::parse(ontology)?))?;
    /// let (mut ours, mut theirs) = (base.clone(), base.clone());
    /// ours.add("Car").bounding_box(0.1, 0.2, 0.3, 0.4).on(0)?;
    /// theirs.add("Car").bounding_box(0.5, 0.5, 0.2, 0.2).on(0)?;
    ///
    /// let difference = ours.difference_from(&base);
    /// assert_eq!(difference.presence_in(&ours), Presence::Present);
    /// assert_eq!(difference.presence_in(&theirs), Presence::Missing);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn presence_in(&self, row: &LabelRow) -> Presence {
        let (mut present, mut missing) = (0, 0);
        for change in &self.changes {
            let there = row.written_entries(&change.key);
            present += usize::from(same_written(&change.key, &there, &change.after));
            missing += usize::from(same_written(&change.key, &there, &change.before));
        }
        match self.changes.len() {
            all if present == all => Presence::Present,
            all if missing == all => Presence::Missing,
            _ => Presence::Altered,
        }
    }
}
