//! Numbers of changed objects and classifications.

use std::collections::HashMap;
use std::ops::AddAssign;

use agent_platform::labels::{ChangeKind, LabelDifference};
use serde::{Deserialize, Serialize};

/// Numbers of added, changed and removed instances.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Number of added instances.
    pub added: u64,
    /// Number of changed instances.
    pub changed: u64,
    /// Number of removed instances.
    pub removed: u64,
}

/// Numbers of changed objects and classifications.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeCounts {
    /// Objects.
    pub objects: Counts,
    /// Classifications.
    pub classifications: Counts,
}

impl Counts {
    fn count(&mut self, kind: ChangeKind) {
        match kind {
            ChangeKind::Added => self.added += 1,
            ChangeKind::Changed => self.changed += 1,
            ChangeKind::Removed => self.removed += 1,
        }
    }
}

impl ChangeCounts {
    /// Counts the instances of differences. An instance that is in several is counted once.
    pub(crate) fn of_differences<'d>(differences: impl IntoIterator<Item = &'d LabelDifference>) -> Self {
        let mut kinds = HashMap::new();
        for change in differences.into_iter().flat_map(LabelDifference::entries) {
            let key = change.key();
            let object = key.object_hash().map(|hash| (true, hash.to_string()));
            let instance = object.or_else(|| Some((false, key.classification_hash()?.to_string())));
            if let Some(instance) = instance {
                kinds.insert(instance, change.instance_kind());
            }
        }
        let mut counts = Self::default();
        for ((is_object, _), kind) in kinds {
            if is_object { &mut counts.objects } else { &mut counts.classifications }.count(kind);
        }
        counts
    }

    /// Returns `true` if nothing changed.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        *self == Self::default()
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.added += other.added;
        self.changed += other.changed;
        self.removed += other.removed;
    }
}

impl AddAssign for ChangeCounts {
    fn add_assign(&mut self, other: Self) {
        self.objects += other.objects;
        self.classifications += other.classifications;
    }
}
