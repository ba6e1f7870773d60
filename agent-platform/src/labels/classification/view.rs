//! Classifications.

use std::borrow::Cow;
use std::fmt;

use crate::hash::{AsHash, ClassificationHash, FeatureHash};
use crate::json::{is_array, member};
use crate::labels::answer::{Answer, AnswerValue, answers_in, resolve_attribute};
use crate::labels::index::{ClassificationRecord, Idx, Place, ROOT};
use crate::labels::provenance::provenance_getters;
use crate::labels::ranges::Ranges;
use crate::labels::row::LabelRow;
use crate::ontology::{Attribute, ClassificationClass};

/// A classification instance: an answer about frames, or about the whole file (contract:
/// `docs/contract/label-format.md#classifications`).
///
/// Both generations are read: where the answer does not say its frames, they are those that mention it.
#[derive(Clone, Copy)]
pub struct Classification<'r> {
    pub(crate) row: &'r LabelRow,
    pub(crate) id: Idx<ClassificationRecord>,
}

impl<'r> Classification<'r> {
    fn record(&self) -> &'r ClassificationRecord {
        self.row.index.classification(self.id)
    }

    /// The classification hash.
    #[must_use]
    pub fn hash(&self) -> &'r ClassificationHash {
        &self.record().hash
    }

    /// The feature hash of its class; empty if the row does not say one.
    #[must_use]
    pub fn feature_hash(&self) -> &'r FeatureHash {
        self.row.index.feature(self.record().feature).unwrap_or(FeatureHash::none())
    }

    /// Its class, if the ontology has it.
    #[must_use]
    pub fn class(&self) -> Option<&'r ClassificationClass> {
        self.row
            .ontology
            .classification(self.feature_hash())
            .filter(|class| class.feature_hash() == self.feature_hash())
    }

    /// Returns whether it is about the whole file.
    #[must_use]
    pub fn is_global(&self) -> bool {
        self.class().is_some_and(ClassificationClass::is_global)
    }

    /// The answers entry; of the older generation also the first frame's, where there is no other.
    fn entry_text(&self) -> &'r str {
        let record = self.record();
        let node = record.answers.or_else(|| record.placements.first().map(|placement| placement.entry));
        node.map_or("{}", |node| self.row.tree.text(node))
    }

    /// The entry in `classification_answers` as JSON, with what this crate does not know.
    #[must_use]
    pub fn json(&self) -> &'r str {
        self.entry_text()
    }

    /// The frames it is on, outside spaces. Empty if it is about the whole file.
    #[must_use]
    pub fn ranges(&self) -> Ranges {
        let record = self.record();
        let written = record.answers.and_then(|node| member(self.row.tree.text(node), "range"));
        let written = written.filter(|range| is_array(range)).and_then(Ranges::parse).unwrap_or_default();
        if written.is_empty() { self.ranges_by_entries(ROOT) } else { written }
    }

    /// The frames of a space it is on. Empty if it is about the whole space, or not in it: see [`Self::is_in`].
    #[must_use]
    pub fn ranges_in(&self, space: &str) -> Ranges {
        let written = self.space_text(space).and_then(|own| member(own, "range")).and_then(Ranges::parse);
        written.unwrap_or_else(|| {
            self.row.index.place_of(space).map(|place| self.ranges_by_entries(place)).unwrap_or_default()
        })
    }

    fn ranges_by_entries(&self, place: Place) -> Ranges {
        let index = &self.row.index;
        let placements = index.in_place(&self.record().placements, place);
        placements.iter().map(|placement| index.blob(placement.blob).frame).collect()
    }

    fn space_text(&self, space: &str) -> Option<&'r str> {
        let node = self.record().answers?;
        member(self.row.tree.text(node), "spaces").and_then(|spaces| member(spaces, space))
    }

    /// Returns whether it is in a space.
    #[must_use]
    pub fn is_in(&self, space: &str) -> bool {
        let by_entries = || {
            let index = &self.row.index;
            let place = index.place_of(space);
            place.is_some_and(|place| !index.in_place(&self.record().placements, place).is_empty())
        };
        self.space_text(space).is_some() || by_entries()
    }

    /// Returns whether it is in any space.
    #[must_use]
    pub fn is_in_spaces(&self) -> bool {
        let spaces = self.record().answers.and_then(|node| member(self.row.tree.text(node), "spaces"));
        spaces.is_some_and(|spaces| crate::json::members(spaces).next().is_some())
            || self.record().placements.iter().any(|placement| self.row.index.blob(placement.blob).place != ROOT)
    }

    /// Returns whether it is about a frame of a place.
    pub(crate) fn is_at(&self, place: Place, frame: u64) -> bool {
        match self.row.index.space(place) {
            None => {
                let ranges = self.ranges();
                let whole =
                    ranges.is_empty() && !self.is_in_spaces() && (self.is_global() || self.row.is_range_medium());
                whole || ranges.contains(frame)
            }
            Some(space) => {
                let ranges = self.ranges_in(&space.id);
                self.is_in(&space.id) && (ranges.is_empty() || ranges.contains(frame))
            }
        }
    }

    /// The answers to all its attributes.
    #[must_use]
    pub fn answers(&self) -> Vec<Answer> {
        let node = self.record().answers;
        answers_in(&self.row.ontology, node.map_or("{}", |node| self.row.tree.text(node)), false)
    }

    /// The answer to its first attribute.
    #[must_use]
    pub fn value(&self) -> Option<AnswerValue> {
        let first = self.class().and_then(ClassificationClass::attribute).map(Attribute::feature_hash);
        self.answers()
            .into_iter()
            .find(|answer| first.is_none_or(|first| answer.feature_hash == *first))
            .map(|answer| answer.value)
    }

    /// Returns the answer to an attribute, by name or feature hash.
    #[must_use]
    pub fn answer(&self, attribute: impl AsRef<str>) -> Option<AnswerValue> {
        let attribute = attribute.as_ref();
        let known = self.class().and_then(|class| {
            resolve_attribute(&self.row.ontology, class.feature_hash().as_str(), class.attributes(), attribute)
        });
        let own = known.map_or(attribute, |known| known.feature_hash().as_str());
        self.answers().into_iter().find(|answer| answer.feature_hash == own).map(|answer| answer.value)
    }
}

impl fmt::Debug for Classification<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Classification").field("hash", &self.hash()).finish_non_exhaustive()
    }
}

provenance_getters!(Classification);

impl AsHash<ClassificationHash> for Classification<'_> {
    fn as_hash(&self) -> Cow<'_, str> {
        self.hash().as_hash()
    }
}
