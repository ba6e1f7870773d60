//! Comparison of two rows, entry by entry.

use std::cmp::Ordering;

use crate::hash::ObjectHash;
use crate::json::NodeId;
use crate::labels::compare::{answers_nothing, same_value};
use crate::labels::index::{ClassificationRecord, Idx, ObjectRecord, Place, Placement, ROOT};
use crate::labels::media::Placing;
use crate::labels::row::LabelRow;

use super::change::LabelChange;
use super::written::WrittenEntry;
use crate::labels::entry_key::EntryKey;

/// Two rows of the same data.
pub(crate) struct Sides<'r> {
    before: &'r LabelRow,
    after: &'r LabelRow,
    /// The spaces of `after` as places of `before`. Spaces that `before` lacks come behind its own.
    places: Vec<Place>,
    /// All events of an object are one entry.
    events: bool,
}

/// An entry on a frame, and where it is in the numbers of `before`.
#[derive(Clone, Copy)]
struct Located {
    place: Place,
    frame: u64,
    placement: Placement,
}

/// Result of comparing two texts of an entry.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Likeness {
    /// Byte for byte.
    Identical,
    /// They mean the same label.
    Equivalent,
    Different,
}

/// Returns whether a record has anything in the row.
pub(crate) fn has_object(row: &LabelRow, hash: &str) -> bool {
    row.index.object_id(hash).is_some_and(|id| is_present(row.index.object(id)))
}

fn is_present(record: &ObjectRecord) -> bool {
    record.placed > 0 || record.ranged || record.answers.is_some() || record.actions.is_some()
}

fn is_present_classification(record: &ClassificationRecord) -> bool {
    record.answers.is_some() || !record.placements.is_empty()
}

impl<'r> Sides<'r> {
    pub(crate) fn new(before: &'r LabelRow, after: &'r LabelRow) -> Self {
        let own = before.index.spaces.len();
        let theirs = after.index.spaces.iter().enumerate();
        let behind_own = |position| Place::from_space(Idx::new(own + position));
        let places = theirs
            .map(|(position, space)| before.index.place_of(&space.id).unwrap_or_else(|| behind_own(position)))
            .collect();
        Self { before, after, places, events: before.placing(ROOT) == Placing::Events }
    }

    /// Returns what changed, object by object and then classification by classification.
    pub(crate) fn changes(&self) -> Vec<LabelChange> {
        let mut changes = Vec::new();
        let is_new = |record: &&ObjectRecord| !has_object(self.before, record.hash.as_str());
        let before = self.before.index.objects.iter();
        for record in before.chain(self.after.index.objects.iter().filter(is_new)).filter(|record| is_present(record)) {
            self.object_changes(record.hash.as_str(), &mut changes);
        }
        self.classification_changes(&mut changes);
        changes
    }

    /// Adds what changed about classifications.
    pub(crate) fn classification_changes(&self, changes: &mut Vec<LabelChange>) {
        let known = |hash: &str| self.before.index.classification_id(hash).is_some();
        let new = self.after.index.classifications.iter().filter(|record| !known(record.hash.as_str()));
        let all = self.before.index.classifications.iter().chain(new);
        for record in all.filter(|record| is_present_classification(record)) {
            self.classification_change(record.hash.as_str(), changes);
        }
    }

    /// Adds what changed about one object.
    pub(crate) fn object_changes(&self, hash: &str, changes: &mut Vec<LabelChange>) {
        let record = |row: &'r LabelRow| row.index.object_id(hash).map(|id| row.index.object(id));
        let (before, after) = (record(self.before), record(self.after));
        self.frame_changes(hash, changes);
        let nodes = |of: fn(&ObjectRecord) -> Option<NodeId>| (before.and_then(of), after.and_then(of));
        let object_hash = || hash.to_owned();
        let answers = nodes(|record| record.answers);
        changes.extend(self.answers_change(answers, || EntryKey::ObjectAnswers { object_hash: object_hash().into() }));
        let actions = nodes(|record| record.actions);
        changes.extend(self.answers_change(actions, || EntryKey::ObjectActions { object_hash: object_hash().into() }));
    }

    fn frame_changes(&self, hash: &str, changes: &mut Vec<LabelChange>) {
        let before = self.located_of_object(self.before, hash, |place| place);
        let after = self.located_of_object(self.after, hash, |place| self.place_of_after(place));
        let same_entry = |one: &Located, other: &Located| self.entry_of(*one) == self.entry_of(*other);
        let mut befores = before.chunk_by(same_entry).peekable();
        let mut afters = after.chunk_by(same_entry).peekable();
        loop {
            let order = match (befores.peek(), afters.peek()) {
                (None, None) => return,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(before), Some(after)) => self.entry_of(before[0]).cmp(&self.entry_of(after[0])),
            };
            let before = befores.next_if(|_| order.is_le()).unwrap_or_default();
            let after = afters.next_if(|_| order.is_ge()).unwrap_or_default();
            let likeness = self.likeness(before, after);
            if likeness > Likeness::Identical {
                let (before, after) = (texts(self.before, before), texts(self.after, after));
                let key = self.key_on_frame(hash, before.first().or(after.first()));
                changes.push(LabelChange::new(key, before, after, likeness == Likeness::Different));
            }
        }
    }

    fn key_on_frame(&self, hash: &str, first: Option<&WrittenEntry>) -> EntryKey {
        let object_hash = ObjectHash::from(hash);
        match first {
            Some(first) if !self.events || first.space().is_some() => {
                let (space, frame) = (first.space().map(ToOwned::to_owned), first.frame().unwrap_or_default());
                EntryKey::ObjectOnFrame { object_hash, space, frame }
            }
            _ => EntryKey::ObjectEvents { object_hash },
        }
    }

    fn classification_change(&self, hash: &str, changes: &mut Vec<LabelChange>) {
        let record = |row: &'r LabelRow| row.index.classification_id(hash).map(|id| row.index.classification(id));
        let (before, after) = (record(self.before), record(self.after));
        let placements =
            |record: Option<&'r ClassificationRecord>| record.into_iter().flat_map(|record| &record.placements);
        let frames_before = located(self.before, placements(before).copied(), |place| place);
        let frames_after = located(self.after, placements(after).copied(), |place| self.place_of_after(place));
        let nodes = (before.and_then(|record| record.answers), after.and_then(|record| record.answers));
        let answers = match nodes {
            (Some(before), Some(after)) => self.likeness_of(before, after),
            (None, None) => Likeness::Identical,
            _ => Likeness::Different,
        };
        let likeness = answers.max(self.likeness(&frames_before, &frames_after));
        if likeness == Likeness::Identical {
            return;
        }
        let key = EntryKey::ClassificationInstance { classification_hash: hash.into() };
        let (before, after) = (self.before.written_entries(&key), self.after.written_entries(&key));
        changes.push(LabelChange::new(key, before, after, likeness == Likeness::Different));
    }

    /// Answers that say nothing equal none: the platform adds them for objects without.
    fn answers_change(
        &self,
        (before, after): (Option<NodeId>, Option<NodeId>),
        key: impl FnOnce() -> EntryKey,
    ) -> Option<LabelChange> {
        let says_nothing = |row: &LabelRow, node| answers_nothing(&row.tree.written(node));
        let likeness = match (before, after) {
            (None, None) => return None,
            (Some(before), Some(after)) => self.likeness_of(before, after),
            (Some(before), None) if says_nothing(self.before, before) => Likeness::Equivalent,
            (None, Some(after)) if says_nothing(self.after, after) => Likeness::Equivalent,
            _ => Likeness::Different,
        };
        if likeness == Likeness::Identical {
            return None;
        }
        let before = before.map(|node| self.before.written_answers(node)).into_iter().collect();
        let after = after.map(|node| self.after.written_answers(node)).into_iter().collect();
        Some(LabelChange::new(key(), before, after, likeness == Likeness::Different))
    }

    fn likeness(&self, before: &[Located], after: &[Located]) -> Likeness {
        if before.len() != after.len() {
            return Likeness::Different;
        }
        let pairs = before.iter().zip(after);
        let all = pairs.map(|(before, after)| {
            if (before.place, before.frame) == (after.place, after.frame) {
                self.likeness_of(before.placement.entry, after.placement.entry)
            } else {
                Likeness::Different
            }
        });
        all.max().unwrap_or(Likeness::Identical)
    }

    fn likeness_of(&self, before: NodeId, after: NodeId) -> Likeness {
        let (before, after) = (self.before.tree.written(before), self.after.tree.written(after));
        if before == after {
            Likeness::Identical
        } else if same_value(&before, &after) {
            Likeness::Equivalent
        } else {
            Likeness::Different
        }
    }

    /// Returns the identity of the entry that a placement belongs to.
    fn entry_of(&self, located: Located) -> (Place, u64) {
        let whole = self.events && located.place == ROOT;
        (located.place, if whole { 0 } else { located.frame })
    }

    fn place_of_after(&self, place: Place) -> Place {
        let space = place.space().and_then(|space| self.places.get(space.position()));
        space.copied().unwrap_or(place)
    }

    fn located_of_object(&self, row: &'r LabelRow, hash: &str, number: impl Fn(Place) -> Place) -> Vec<Located> {
        let placements = row.index.object_id(hash).into_iter().flat_map(|id| row.index.placements(&row.tree, id));
        located(row, placements, number)
    }
}

/// Returns entries on frames that are there, by place and frame.
fn located(
    row: &LabelRow,
    placements: impl Iterator<Item = Placement>,
    number: impl Fn(Place) -> Place,
) -> Vec<Located> {
    let live = placements.filter(|placement| !row.tree.is_removed(placement.entry));
    let mut all: Vec<Located> = live
        .map(|placement| {
            let blob = row.index.blob(placement.blob);
            Located { place: number(blob.place), frame: blob.frame, placement }
        })
        .collect();
    let position = |located: &Located| (located.place, located.frame);
    if !all.is_sorted_by_key(position) {
        all.sort_by_key(position);
    }
    all
}

fn texts(row: &LabelRow, located: &[Located]) -> Vec<WrittenEntry> {
    located.iter().map(|located| row.written_placement(located.placement)).collect()
}
