//! Labels of one row, put into another row of the same data.

use crate::hash::FeatureHash;
use std::collections::{HashMap, HashSet};

use crate::json::{NodeId, Tree, member, members, string};

use super::data_type::DataType;
use super::error::{EditError, TransferError};
use super::index::{Blob, Idx, Placement, ROOT, UnitRecord};
use super::row::LabelRow;

/// The three maps beside the data units that hold labels.
const ANSWERS: [&str; 3] = ["object_answers", "object_actions", "classification_answers"];

impl LabelRow {
    /// This row with the labels of another row of the same data: the one that the platform has just created, with what
    /// was edited in the one that [`Self::empty`] made.
    ///
    /// Objects, classifications and their answers come over as they are written, with their hashes, into the data units
    /// with the same hash and frame, or else with the same frame (`data_sequence`), and into the spaces with the same id.
    /// Everything else stays byte for byte what it was in this row. Metadata comes over if this row has none.
    ///
    /// # Errors
    /// Nothing is put anywhere if this row holds labels already (somebody else has labelled the data meanwhile), is about
    /// other data, or lacks a data unit or a labelled space of the other.
    pub fn with_labels_of(mut self, other: &Self) -> Result<Self, TransferError> {
        if self.has_labels() {
            return Err(TransferError::LabelledMeanwhile);
        }
        self.check_same_data(other)?;
        self.check_units(other)?;
        self.check_spaces(other)?;
        self.take_entries(other)?;
        self.take_answers(other)?;
        if self.metadata.is_none() {
            self.metadata.clone_from(&other.metadata);
        }
        Ok(self)
    }

    /// Returns whether the row has labels.
    fn has_labels(&self) -> bool {
        let answered = ANSWERS.into_iter().filter_map(|key| self.root(key));
        let entries = self.index.blobs.iter().flat_map(|blob| [blob.objects, blob.classifications]).flatten();
        answered.chain(entries).any(|holder| self.tree.children(holder).next().is_some())
    }

    fn check_same_data(&self, other: &Self) -> Result<(), TransferError> {
        let same = self.data_hash() == other.data_hash()
            && self.data_type() == other.data_type()
            && self.placing(ROOT) == other.placing(ROOT);
        if same { Ok(()) } else { Err(TransferError::OtherData { data_hash: other.data_hash().into_owned() }) }
    }

    /// A unit is known by its own hash; the key that it stands under comes second.
    fn unit_hash(&self, unit: &UnitRecord) -> String {
        let own = self.tree.member_text(unit.node, "data_hash").and_then(string);
        own.unwrap_or_else(|| self.tree.key(unit.node)).into_owned()
    }

    /// Checks that this row has the data units of another, at the same frames.
    pub(super) fn check_units(&self, other: &Self) -> Result<(), TransferError> {
        // The frame of an image is that of its unit; elsewhere the unit's number says nothing of frames.
        let by_frame = matches!(self.data_type(), DataType::Image | DataType::ImageGroup);
        let frames_by_hash: HashMap<String, u64> =
            self.index.units.iter().map(|unit| (self.unit_hash(unit), unit.sequence)).collect();
        let frames: HashSet<u64> = self.index.units.iter().map(|unit| unit.sequence).collect();
        for unit in &other.index.units {
            let data_hash = other.unit_hash(unit);
            let found = match frames_by_hash.get(&data_hash) {
                Some(frame) => !by_frame || *frame == unit.sequence,
                None => frames.contains(&unit.sequence),
            };
            if !found {
                return Err(TransferError::NoDataUnit { data_hash });
            }
        }
        Ok(())
    }

    fn check_spaces(&self, other: &Self) -> Result<(), TransferError> {
        for id in other.labelled_spaces() {
            let places = self.index.place_of(&id).zip(other.index.place_of(&id));
            if !places.is_some_and(|(own, theirs)| self.space_type(own) == other.space_type(theirs)) {
                return Err(TransferError::NoSpace { id });
            }
        }
        Ok(())
    }

    /// The spaces that hold labels, and those that answers mention and the row describes.
    fn labelled_spaces(&self) -> HashSet<String> {
        let labelled = |blob: &&Blob| {
            let arrays = [blob.objects, blob.classifications].into_iter().flatten();
            arrays.flat_map(|array| self.tree.children(array)).next().is_some()
        };
        let by_labels = self.index.blobs.iter().filter(labelled).filter_map(|blob| self.index.space(blob.place));
        let mut ids: HashSet<String> = by_labels.map(|space| space.id.to_string()).collect();
        for map in ["object_answers", "classification_answers"].into_iter().filter_map(|key| self.root(key)) {
            for entry in self.tree.children(map) {
                let mentioned = member(self.tree.text(entry), "spaces").into_iter().flat_map(members);
                let mentioned = mentioned.filter(|(id, _)| self.index.place_of(id).is_some());
                ids.extend(mentioned.map(|(id, _)| id.into_owned()));
            }
        }
        ids
    }

    /// The entries on frames, in the order of places and frames.
    fn take_entries(&mut self, other: &Self) -> Result<(), EditError> {
        for record in &other.index.objects {
            self.index.object_named(record.hash.as_str());
        }
        for ((place, frame), blob) in &other.index.by_frame {
            let theirs = other.index.blob(*blob);
            for (key, array) in [("objects", theirs.objects), ("classifications", theirs.classifications)] {
                let entries: Vec<NodeId> = other.index.entries(&other.tree, array).collect();
                if entries.is_empty() {
                    continue;
                }
                let place = self.place_or_refuse(other.index.space(*place).map(|space| &*space.id))?;
                let own = self.blob_for(place, *frame)?;
                let array = self.array_of(own, key)?;
                for entry in entries {
                    self.take_entry(other, own, array, key == "objects", entry)?;
                }
            }
        }
        Ok(())
    }

    fn take_entry(
        &mut self,
        other: &Self,
        blob: Idx<Blob>,
        array: NodeId,
        of_object: bool,
        theirs: NodeId,
    ) -> Result<(), EditError> {
        let entry = self.tree.append(array, None, &other.tree.written(theirs))?;
        let (placement, tag) = (Placement { blob, entry }, other.tree.tag(theirs));
        if of_object {
            let Some(id) = Idx::from_tag(tag) else { return Ok(()) };
            let record = other.index.object(id);
            let object = self.index.object_named(record.hash.as_str());
            let feature = self.take_feature(other, record.feature);
            self.index.object_mut(object).feature = feature;
            self.tree.set_tag(entry, object.tag());
            self.index.add_object_placement(&self.tree, object, placement);
        } else {
            let Some(id) = Idx::from_tag(tag) else { return Ok(()) };
            let record = other.index.classification(id);
            let classification = self.index.classification_named(record.hash.as_str());
            let feature = self.take_feature(other, record.feature);
            self.index.classification_mut(classification).feature = feature;
            self.tree.set_tag(entry, classification.tag());
            self.index.add_classification_placement(classification, placement);
        }
        Ok(())
    }

    /// Returns the number that stands here for a feature of another row.
    pub(super) fn take_feature(&mut self, other: &Self, feature: Option<Idx<FeatureHash>>) -> Option<Idx<FeatureHash>> {
        other.index.feature(feature).map(|hash| self.index.feature_named(hash.as_str()))
    }

    fn take_answers(&mut self, other: &Self) -> Result<(), EditError> {
        for key in ANSWERS {
            let Some(theirs) = other.root(key) else { continue };
            if other.tree.children(theirs).next().is_none() {
                continue;
            }
            let map = self.map_below(Tree::ROOT, key)?;
            for entry in other.tree.children(theirs) {
                let hash = other.tree.key(entry);
                let node = self.tree.append(map, Some(&hash), &other.tree.written(entry))?;
                self.take_record(other, key, &hash, node);
            }
        }
        Ok(())
    }

    fn take_record(&mut self, other: &Self, key: &str, hash: &str, node: NodeId) {
        if key == "classification_answers" {
            let theirs = other.index.classification_id(hash).and_then(|id| other.index.classification(id).feature);
            let feature = self.take_feature(other, theirs);
            let id = self.index.classification_named(hash);
            let record = self.index.classification_mut(id);
            (record.answers, record.feature) = (Some(node), feature);
            return;
        }
        let theirs = other.index.object_id(hash).map(|id| other.index.object(id));
        let feature = self.take_feature(other, theirs.and_then(|record| record.feature));
        let id = self.index.object_named(hash);
        let record = self.index.object_mut(id);
        record.feature = feature;
        if key == "object_actions" {
            record.actions = Some(node);
        } else {
            (record.answers, record.ranged) = (Some(node), theirs.is_some_and(|record| record.ranged));
        }
    }
}
