//! Classes of labels that changes bring into a row.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use crate::hash::FeatureHash;
use crate::json::{member, string};
use crate::labels::difference::LabelDifference;
use crate::labels::entry_key::EntryKey;
use crate::labels::row::LabelRow;

/// Source of the classes of labels that a row does not have yet.
pub(super) trait Origin {
    /// Returns the feature hash of an object's class.
    fn object_class(&self, hash: &str) -> Option<&str>;

    /// Returns the feature hash of a classification's class.
    fn classification_class(&self, hash: &str) -> Option<&str>;

    /// Returns whether an object is over ranges instead of on frames.
    fn is_over_ranges(&self, hash: &str) -> bool;
}

impl Origin for LabelRow {
    fn object_class(&self, hash: &str) -> Option<&str> {
        let feature = self.index.object_id(hash).and_then(|id| self.index.object(id).feature);
        self.index.feature(feature).map(FeatureHash::as_str)
    }

    fn classification_class(&self, hash: &str) -> Option<&str> {
        let feature = self.index.classification_id(hash).and_then(|id| self.index.classification(id).feature);
        self.index.feature(feature).map(FeatureHash::as_str)
    }

    fn is_over_ranges(&self, hash: &str) -> bool {
        self.index.object_id(hash).is_some_and(|id| self.index.object(id).ranged)
    }
}

/// The classes in the entries of a difference.
pub(super) struct Entries<'d> {
    objects: HashMap<&'d str, Cow<'d, str>>,
    classifications: HashMap<&'d str, Cow<'d, str>>,
    /// The hashes of objects whose answers have a class, as only objects over ranges do.
    over_ranges: HashSet<&'d str>,
}

impl<'d> Entries<'d> {
    pub(super) fn new(difference: &'d LabelDifference) -> Self {
        let mut entries =
            Self { objects: HashMap::new(), classifications: HashMap::new(), over_ranges: HashSet::new() };
        for change in difference.entries() {
            let feature = change.after.iter().find_map(|entry| member(entry.json(), "featureHash").and_then(string));
            let Some(feature) = feature else { continue };
            if let Some(hash) = change.key.object_hash() {
                entries.objects.entry(hash.as_str()).or_insert(feature);
                if matches!(change.key, EntryKey::ObjectAnswers { .. }) {
                    entries.over_ranges.insert(hash.as_str());
                }
            } else if let Some(hash) = change.key.classification_hash() {
                entries.classifications.entry(hash.as_str()).or_insert(feature);
            }
        }
        entries
    }
}

impl Origin for Entries<'_> {
    fn object_class(&self, hash: &str) -> Option<&str> {
        self.objects.get(hash).map(AsRef::as_ref)
    }

    fn classification_class(&self, hash: &str) -> Option<&str> {
        self.classifications.get(hash).map(AsRef::as_ref)
    }

    fn is_over_ranges(&self, hash: &str) -> bool {
        self.over_ranges.contains(hash)
    }
}
