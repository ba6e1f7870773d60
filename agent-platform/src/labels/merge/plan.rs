//! Decision which changes are merged and which conflict.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::labels::difference::{LabelChange, Sides, has_object, same_written};
use crate::labels::entry_key::EntryKey;
use crate::labels::error::MergeError;
use crate::labels::row::LabelRow;

use super::classes::clashing;

/// The changes that are written into the newer row.
pub(super) struct Plan<'r> {
    base: &'r LabelRow,
    ours: &'r LabelRow,
    theirs: &'r LabelRow,
    /// From the base to the newer row.
    foreign: Sides<'r>,
    /// From our row to the newer row.
    across: Sides<'r>,
    pub(super) changes: Vec<&'r LabelChange>,
    /// The hashes of objects that we deleted.
    pub(super) deleted: Vec<&'r str>,
    /// The hashes of objects that we changed without deleting them, and which of the changes are theirs.
    edited: Vec<(&'r str, Range<usize>)>,
    conflicts: BTreeSet<EntryKey>,
}

/// Returns whether an object is on a frame or over a range.
fn is_live(row: &LabelRow, hash: &str) -> bool {
    row.object_id(hash).is_ok()
}

impl<'r> Plan<'r> {
    /// Decides about all changes from `base` to `ours`.
    pub(super) fn new(
        base: &'r LabelRow,
        ours: &'r LabelRow,
        theirs: &'r LabelRow,
        changes: &'r [LabelChange],
    ) -> Result<Self, MergeError> {
        let (foreign, across) = (Sides::new(base, theirs), Sides::new(ours, theirs));
        let (deleted, edited, conflicts) = (Vec::new(), Vec::new(), BTreeSet::new());
        let mut plan = Self { base, ours, theirs, foreign, across, changes: Vec::new(), deleted, edited, conflicts };
        for group in changes.chunk_by(|one, other| one.key.object_hash() == other.key.object_hash()) {
            match group.first().and_then(|change| change.key.object_hash()) {
                Some(hash) => plan.decide_object(hash.as_str(), group),
                None => plan.decide_entries(group),
            }
        }
        plan.check()?;
        Ok(plan)
    }

    /// Decides about all changes of one object. Deleting it, and adding it, is about all of its entries.
    fn decide_object(&mut self, hash: &'r str, group: &'r [LabelChange]) {
        let live = [self.base, self.ours, self.theirs].map(|row| is_live(row, hash));
        match live {
            [true, false, false] => self.deleted.push(hash),
            [true, false, true] => {
                let mut foreign = Vec::new();
                self.foreign.object_changes(hash, &mut foreign);
                if foreign.iter().all(|change| !change.is_meaningful) {
                    self.deleted.push(hash);
                }
                self.refuse(&foreign);
            }
            [true, true, false] => self.refuse(group),
            [false, true, true] => {
                let mut across = Vec::new();
                self.across.object_changes(hash, &mut across);
                self.refuse(&across);
            }
            [true, true, true] | [false, _, _] => {
                let first = self.changes.len();
                self.decide_entries(group);
                self.edited.push((hash, first..self.changes.len()));
            }
        }
    }

    /// Notes a conflict for each entry whose labels changed.
    fn refuse(&mut self, changes: &[LabelChange]) {
        let meaningful = changes.iter().filter(|change| change.is_meaningful);
        self.conflicts.extend(meaningful.map(|change| change.key.clone()));
    }

    fn decide_entries(&mut self, group: &'r [LabelChange]) {
        for change in group {
            let there = self.theirs.written_entries(&change.key);
            let is = |texts| same_written(&change.key, &there, texts);
            if change.is_meaningful && is(&change.after) {
                continue;
            }
            if is(&change.before) {
                self.changes.push(change);
            } else if change.is_meaningful {
                self.conflicts.insert(change.key.clone());
            }
        }
    }

    fn check(&mut self) -> Result<(), MergeError> {
        if self.conflicts.is_empty() {
            return Ok(());
        }
        Err(MergeError::Conflict { entries: std::mem::take(&mut self.conflicts).into_iter().collect() })
    }

    /// Checks what only shows in the merged row.
    pub(super) fn finish(mut self, mut merged: LabelRow) -> Result<LabelRow, MergeError> {
        for (hash, changes) in std::mem::take(&mut self.edited) {
            self.finish_object(hash, changes, &mut merged);
        }
        self.check_classes(&merged);
        self.check()?;
        Ok(merged)
    }

    /// Deletes an object that one row took off some frames and the other off the rest.
    fn finish_object(&mut self, hash: &str, changes: Range<usize>, merged: &mut LabelRow) {
        if !is_live(self.base, hash) || is_live(merged, hash) || !has_object(merged, hash) {
            return;
        }
        let mut foreign = Vec::new();
        self.foreign.object_changes(hash, &mut foreign);
        let ours = self.changes.get(changes).unwrap_or_default().iter().copied();
        let answered = ours.chain(&foreign).filter(|change| {
            let answers = matches!(change.key, EntryKey::ObjectAnswers { .. } | EntryKey::ObjectActions { .. });
            change.is_meaningful && answers
        });
        self.conflicts.extend(answered.map(|change| change.key.clone()));
        if let Some(id) = merged.index.object_id(hash) {
            merged.delete_object(id);
        }
    }

    fn check_classes(&mut self, merged: &LabelRow) {
        let ours: Vec<_> = self.changes.iter().filter_map(|change| change.key.classification_hash()).collect();
        if ours.is_empty() {
            return;
        }
        let mut foreign = Vec::new();
        self.foreign.classification_changes(&mut foreign);
        let meaningful = foreign.iter().filter(|change| change.is_meaningful);
        let theirs: Vec<_> = meaningful.filter_map(|change| change.key.classification_hash()).collect();
        self.conflicts.extend(clashing(merged, &ours, &theirs));
    }
}
