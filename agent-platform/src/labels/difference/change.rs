//! One change of an entry.

use super::written::WrittenEntry;
use crate::labels::entry_key::EntryKey;

/// The kind of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// Only the changed row has the entry.
    Added,
    /// Both rows have the entry, with different labels.
    Changed,
    /// Only the base has the entry.
    Removed,
}

/// A change of one entry from a base to another row; see [`LabelDifference::entries`](super::LabelDifference::entries).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelChange {
    pub(crate) key: EntryKey,
    pub(crate) before: Vec<WrittenEntry>,
    pub(crate) after: Vec<WrittenEntry>,
    /// The labels differ, and not only their spelling or what the platform fills in.
    pub(crate) is_meaningful: bool,
}

impl LabelChange {
    pub(super) fn new(key: EntryKey, before: Vec<WrittenEntry>, after: Vec<WrittenEntry>, is_meaningful: bool) -> Self {
        Self { key, before, after, is_meaningful }
    }

    /// Returns the identity of the entry.
    #[must_use]
    pub fn key(&self) -> &EntryKey {
        &self.key
    }

    /// Returns the kind of the change.
    #[must_use]
    pub fn kind(&self) -> ChangeKind {
        match (self.before.is_empty(), self.after.is_empty()) {
            (true, _) => ChangeKind::Added,
            (false, true) => ChangeKind::Removed,
            (false, false) => ChangeKind::Changed,
        }
    }

    /// Returns what the base holds; nothing if the entry was added.
    #[must_use]
    pub fn before(&self) -> &[WrittenEntry] {
        &self.before
    }

    /// Returns what the changed row holds; nothing if the entry was removed.
    #[must_use]
    pub fn after(&self) -> &[WrittenEntry] {
        &self.after
    }
}
