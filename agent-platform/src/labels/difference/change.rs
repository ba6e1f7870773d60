//! One change of an entry.

use serde::{Deserialize, Serialize};

use super::written::WrittenEntry;
use crate::labels::entry_key::EntryKey;

/// The kind of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
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
    pub(super) instance: Instance,
    /// The labels differ, and not only their spelling or what the platform fills in.
    pub(crate) is_meaningful: bool,
}

/// The object or classification that an entry belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Instance {
    /// The title of its class.
    pub(super) class: Option<String>,
    pub(super) kind: ChangeKind,
}

impl Default for Instance {
    fn default() -> Self {
        Self { class: None, kind: ChangeKind::Changed }
    }
}

impl LabelChange {
    pub(super) fn new(key: EntryKey, before: Vec<WrittenEntry>, after: Vec<WrittenEntry>, is_meaningful: bool) -> Self {
        Self { key, before, after, is_meaningful, instance: Instance::default() }
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

    /// Returns the kind of the change of the whole object or classification that the entry belongs to. It is
    /// [`ChangeKind::Changed`] if both rows have it: an object that was placed on one more frame is changed, and its entry on
    /// that frame is added.
    #[must_use]
    pub fn instance_kind(&self) -> ChangeKind {
        self.instance.kind
    }

    /// Returns the title of the class of the object or classification: that of the ontology, or the name that the row has for
    /// a class that is not in the ontology.
    #[must_use]
    pub fn class(&self) -> Option<&str> {
        self.instance.class.as_deref()
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
