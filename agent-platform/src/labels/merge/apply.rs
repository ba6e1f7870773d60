//! Writing changes into the newer row.

use std::cmp::Ordering;
use std::collections::HashMap;

use crate::hash::FeatureHash;
use crate::json::{NodeId, Tree, member, unsigned};
use crate::labels::difference::{LabelChange, WrittenEntry};
use crate::labels::entry_key::EntryKey;
use crate::labels::error::EditError;
use crate::labels::index::{ClassificationRecord, Idx, ObjectRecord, Place, Placement, ROOT};
use crate::labels::row::LabelRow;

use super::origin::Origin;

/// The object numbers that are taken, by class and number; filled when they are first needed.
#[derive(Default)]
struct Numbers(Option<ObjectsByNumber>);

type ObjectsByNumber = HashMap<(Option<Idx<FeatureHash>>, u64), Idx<ObjectRecord>>;

/// An object or classification of the merged row.
#[derive(Clone, Copy)]
enum Subject {
    Object(Idx<ObjectRecord>),
    Classification(Idx<ClassificationRecord>),
}

impl LabelRow {
    /// Deletes objects, and writes changes into this row. The classes of new labels are those of their origin.
    pub(super) fn apply(
        &mut self,
        deleted: &[&str],
        changes: &[&LabelChange],
        origin: &impl Origin,
    ) -> Result<(), EditError> {
        let mut numbers = Numbers::default();
        for hash in deleted {
            if let Some(id) = self.index.object_id(hash) {
                self.delete_object(id);
            }
        }
        for change in changes {
            match &change.key {
                EntryKey::ObjectOnFrame { object_hash, space, frame } => {
                    let place = self.place_or_refuse(space.as_deref())?;
                    let id = self.named_object(origin, object_hash.as_str());
                    let there = self.index.placements_between(&self.tree, id, place, *frame..=*frame).collect();
                    self.apply_on_frames(Subject::Object(id), there, change)?;
                }
                EntryKey::ObjectEvents { object_hash } => {
                    let id = self.named_object(origin, object_hash.as_str());
                    let there = self.index.placements_in(&self.tree, id, ROOT).collect();
                    self.apply_on_frames(Subject::Object(id), there, change)?;
                }
                EntryKey::ObjectAnswers { object_hash } => {
                    let id = self.named_object(origin, object_hash.as_str());
                    self.apply_object_answers(id, origin, change, &mut numbers)?;
                }
                EntryKey::ObjectActions { object_hash } => {
                    let id = self.named_object(origin, object_hash.as_str());
                    let there = self.index.object(id).actions;
                    let text = change.after.first().map(WrittenEntry::json);
                    self.index.object_mut(id).actions =
                        self.set_answers("object_actions", object_hash.as_str(), there, text)?;
                }
                EntryKey::ClassificationInstance { classification_hash } => {
                    self.apply_classification(origin, classification_hash.as_str(), change)?;
                }
            }
        }
        Ok(())
    }

    /// Returns the object with a hash; one without labels if there is none.
    fn named_object(&mut self, origin: &impl Origin, hash: &str) -> Idx<ObjectRecord> {
        let id = self.index.object_named(hash);
        if self.index.object(id).feature.is_none() {
            let feature = origin.object_class(hash).map(|feature| self.index.feature_named(feature));
            self.index.object_mut(id).feature = feature;
        }
        id
    }

    /// Replaces entries on frames by those of a change. Entries that the change left as they were stay as they are here.
    fn apply_on_frames(
        &mut self,
        subject: Subject,
        there: Vec<Placement>,
        change: &LabelChange,
    ) -> Result<(), EditError> {
        let mut wanted = Vec::new();
        for entry in &change.after {
            if let Some(frame) = entry.frame() {
                wanted.push(((self.place_or_refuse(entry.space())?, frame), entry));
            }
        }
        wanted.sort_by_key(|(position, _)| *position);
        let (mut there, mut wanted) = (there.into_iter().peekable(), wanted.into_iter().peekable());
        loop {
            let order = match (there.peek(), wanted.peek()) {
                (None, None) => return Ok(()),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(there), Some((position, _))) => {
                    let blob = self.index.blob(there.blob);
                    (blob.place, blob.frame).cmp(position)
                }
            };
            let old = there.next_if(|_| order.is_le());
            let new = wanted.next_if(|_| order.is_ge());
            match (old, new) {
                (Some(old), Some((_, new))) if !was_there(change, new) => self.tree.replace(old.entry, new.json())?,
                (Some(old), None) => self.remove_entry(subject, old),
                (None, Some(((place, frame), new))) => self.add_entry(subject, place, frame, new.json())?,
                _ => {}
            }
        }
    }

    fn remove_entry(&mut self, subject: Subject, placement: Placement) {
        match subject {
            Subject::Object(id) => self.index.remove_object_placement(&mut self.tree, id, placement),
            Subject::Classification(_) => self.tree.remove(placement.entry),
        }
    }

    fn add_entry(&mut self, subject: Subject, place: Place, frame: u64, text: &str) -> Result<(), EditError> {
        let blob = self.blob_for(place, frame)?;
        match subject {
            Subject::Object(id) => self.put_object_entry(id, blob, text).map(|_| ()),
            Subject::Classification(id) => {
                let array = self.array_of(blob, "classifications")?;
                let entry = self.tree.append(array, None, text)?;
                self.tree.set_tag(entry, id.tag());
                self.index.add_classification_placement(id, Placement { blob, entry });
                Ok(())
            }
        }
    }

    /// Sets, adds or removes an entry of one of the maps of answers, and returns its node.
    fn set_answers(
        &mut self,
        map: &str,
        hash: &str,
        there: Option<NodeId>,
        text: Option<&str>,
    ) -> Result<Option<NodeId>, EditError> {
        match (there, text) {
            (Some(node), Some(text)) => {
                self.tree.replace(node, text)?;
                Ok(Some(node))
            }
            (None, Some(text)) => self.append_answers(map, hash, text).map(Some),
            (Some(node), None) => {
                self.tree.remove(node);
                Ok(None)
            }
            (None, None) => Ok(None),
        }
    }

    fn apply_object_answers(
        &mut self,
        id: Idx<ObjectRecord>,
        origin: &impl Origin,
        change: &LabelChange,
        numbers: &mut Numbers,
    ) -> Result<(), EditError> {
        let hash = self.index.object(id).hash.clone();
        let there = self.index.object(id).answers;
        let text = match change.after.first() {
            Some(entry) => Some(self.with_number(id, change, entry.json(), numbers)?),
            None => None,
        };
        let node = self.set_answers("object_answers", hash.as_str(), there, text.as_deref())?;
        let ranged = origin.is_over_ranges(hash.as_str());
        let record = self.index.object_mut(id);
        (record.answers, record.ranged) = (node, ranged && node.is_some());
        Ok(())
    }

    /// Returns our answers with the object number that this row has assigned, or without one that is taken here.
    fn with_number(
        &self,
        id: Idx<ObjectRecord>,
        change: &LabelChange,
        text: &str,
        numbers: &mut Numbers,
    ) -> Result<String, EditError> {
        const KEY: &str = "objectNumber";
        let before = change.before.first().and_then(|entry| member(entry.json(), KEY));
        let (own, record) = (member(text, KEY), self.index.object(id));
        if own == before {
            let assigned = record.answers.and_then(|node| member(self.tree.text(node), KEY));
            let Some(assigned) = assigned.filter(|assigned| own != Some(*assigned)) else { return Ok(text.to_owned()) };
            let mut entry = Tree::parse(text)?;
            entry.set(Tree::ROOT, KEY, assigned)?;
            return Ok(entry.render(Tree::ROOT));
        }
        let Some(number) = own.and_then(unsigned) else { return Ok(text.to_owned()) };
        let taken = numbers.0.get_or_insert_with(|| self.numbers());
        if *taken.entry((record.feature, number)).or_insert(id) == id {
            return Ok(text.to_owned());
        }
        let mut entry = Tree::parse(text)?;
        entry.unset(Tree::ROOT, KEY);
        Ok(entry.render(Tree::ROOT))
    }

    /// The object numbers of the row.
    fn numbers(&self) -> ObjectsByNumber {
        let numbered = |id: Idx<ObjectRecord>| {
            let record = self.index.object(id);
            let text = record.answers.map(|node| self.tree.text(node))?;
            Some(((record.feature, member(text, "objectNumber").and_then(unsigned)?), id))
        };
        self.index.live_objects().filter_map(numbered).collect()
    }

    fn apply_classification(
        &mut self,
        origin: &impl Origin,
        hash: &str,
        change: &LabelChange,
    ) -> Result<(), EditError> {
        let id = self.index.classification_named(hash);
        if self.index.classification(id).feature.is_none() {
            let feature = origin.classification_class(hash).map(|feature| self.index.feature_named(feature));
            self.index.classification_mut(id).feature = feature;
        }
        let there = self.index.classification(id).placements.clone();
        let there = there.into_iter().filter(|placement| !self.tree.is_removed(placement.entry)).collect();
        self.apply_on_frames(Subject::Classification(id), there, change)?;
        let answers = change.after.iter().find(|entry| entry.frame().is_none());
        if !answers.is_some_and(|answers| was_there(change, answers)) {
            let (node, text) = (self.index.classification(id).answers, answers.map(WrittenEntry::json));
            let node = self.set_answers("classification_answers", hash, node, text)?;
            self.index.classification_mut(id).answers = node;
        }
        let tree = &self.tree;
        let record = self.index.classification_mut(id);
        record.placements.retain(|placement| !tree.is_removed(placement.entry));
        if record.answers.is_none() && record.placements.is_empty() {
            self.index.forget_classification(id);
        }
        Ok(())
    }
}

/// Returns whether the base has the same text in the same position, so that the change did not touch it.
fn was_there(change: &LabelChange, entry: &WrittenEntry) -> bool {
    let position = |entry: &WrittenEntry| (entry.space().map(ToOwned::to_owned), entry.frame());
    let found = change.before.binary_search_by(|before| position(before).cmp(&position(entry)));
    found.is_ok_and(|at| change.before.get(at) == Some(entry))
}
