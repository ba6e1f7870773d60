//! Index of a label row: the position of every label in the text. Built in one pass, kept up to date by every edit.

mod build;
mod duplicate_keys;
mod idx;
mod occupancy;
mod run;
mod scene;
mod settle;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::hash::{ClassificationHash, FeatureHash, ObjectHash};
use crate::json::{NodeId, Tree};

pub(crate) use build::build;
pub(crate) use idx::{Idx, Place, ROOT};
pub(crate) use occupancy::Occupancy;
pub(crate) use scene::key_of_space;

/// The labels of one frame of one place, or a run of frames without labels.
#[derive(Debug, Clone)]
pub(crate) struct Blob {
    pub(crate) place: Place,
    /// From 0; nanoseconds on continuous scenes. The first frame of a run.
    pub(crate) frame: u64,
    /// Number of frames of a run, whose entries are one stretch. 0: not a run.
    pub(crate) run: u32,
    pub(crate) node: NodeId,
    pub(crate) objects: Option<NodeId>,
    pub(crate) classifications: Option<NodeId>,
    /// The data unit that holds the labels; `None` if a space does.
    pub(crate) unit: Option<Idx<UnitRecord>>,
}

/// An entry in a blob.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Placement {
    pub(crate) blob: Idx<Blob>,
    pub(crate) entry: NodeId,
}

/// The positions of one object.
#[derive(Debug, Clone)]
pub(crate) struct ObjectRecord {
    pub(crate) hash: ObjectHash,
    /// The class; `None` if the row does not name it.
    pub(crate) feature: Option<Idx<FeatureHash>>,
    pub(crate) answers: Option<NodeId>,
    pub(crate) actions: Option<NodeId>,
    /// By place and frame; removed entries stay in the list.
    placements: Vec<Placement>,
    /// Number of placements that are not removed.
    pub(crate) placed: u32,
    /// Set if the answers entry holds ranges: an object without an entry in any blob.
    pub(crate) ranged: bool,
}

/// The positions of one classification.
#[derive(Debug, Clone)]
pub(crate) struct ClassificationRecord {
    pub(crate) hash: ClassificationHash,
    pub(crate) feature: Option<Idx<FeatureHash>>,
    pub(crate) answers: Option<NodeId>,
    /// The entries in blobs, by place and frame. Only rows of the older generation have them.
    pub(crate) placements: Vec<Placement>,
}

/// A data unit.
#[derive(Debug, Clone)]
pub(crate) struct UnitRecord {
    pub(crate) node: NodeId,
    pub(crate) labels: Option<NodeId>,
    /// The frame of an image. Default: 0.
    pub(crate) sequence: u64,
}

/// A space. It has no node if only labels mention it.
#[derive(Debug, Clone)]
pub(crate) struct SpaceRecord {
    pub(crate) id: Arc<str>,
    pub(crate) node: Option<NodeId>,
    pub(crate) labels: Option<NodeId>,
}

/// The position of every label; see the module.
#[derive(Debug, Clone, Default)]
pub(crate) struct Index {
    pub(crate) units: Vec<UnitRecord>,
    pub(crate) spaces: Vec<SpaceRecord>,
    space_ids: HashMap<Arc<str>, Idx<SpaceRecord>>,
    pub(crate) blobs: Vec<Blob>,
    /// By place and first frame.
    pub(crate) by_frame: BTreeMap<(Place, u64), Idx<Blob>>,
    pub(crate) objects: Vec<ObjectRecord>,
    object_ids: HashMap<ObjectHash, Idx<ObjectRecord>>,
    pub(crate) classifications: Vec<ClassificationRecord>,
    classification_ids: HashMap<ClassificationHash, Idx<ClassificationRecord>>,
    features: Vec<FeatureHash>,
    feature_ids: HashMap<FeatureHash, Idx<FeatureHash>>,
}

impl Index {
    pub(crate) fn object_id(&self, hash: &str) -> Option<Idx<ObjectRecord>> {
        self.object_ids.get(hash).copied()
    }

    pub(crate) fn object(&self, id: Idx<ObjectRecord>) -> &ObjectRecord {
        &self.objects[id.position()]
    }

    pub(crate) fn object_mut(&mut self, id: Idx<ObjectRecord>) -> &mut ObjectRecord {
        &mut self.objects[id.position()]
    }

    pub(crate) fn object_named(&mut self, hash: &str) -> Idx<ObjectRecord> {
        if let Some(id) = self.object_id(hash) {
            return id;
        }
        let hash = ObjectHash::from(hash);
        let new = Idx::new(self.objects.len());
        self.objects.push(ObjectRecord {
            hash: hash.clone(),
            feature: None,
            answers: None,
            actions: None,
            placements: Vec::new(),
            placed: 0,
            ranged: false,
        });
        self.object_ids.insert(hash, new);
        new
    }

    pub(crate) fn forget_object(&mut self, id: Idx<ObjectRecord>) {
        let record = self.object_mut(id);
        record.placements = Vec::new();
        (record.placed, record.ranged) = (0, false);
        (record.answers, record.actions) = (None, None);
        let hash = record.hash.clone();
        self.object_ids.remove(&hash);
    }

    pub(crate) fn classification_id(&self, hash: &str) -> Option<Idx<ClassificationRecord>> {
        self.classification_ids.get(hash).copied()
    }

    pub(crate) fn classification(&self, id: Idx<ClassificationRecord>) -> &ClassificationRecord {
        &self.classifications[id.position()]
    }

    pub(crate) fn classification_mut(&mut self, id: Idx<ClassificationRecord>) -> &mut ClassificationRecord {
        &mut self.classifications[id.position()]
    }

    pub(crate) fn classification_named(&mut self, hash: &str) -> Idx<ClassificationRecord> {
        if let Some(id) = self.classification_id(hash) {
            return id;
        }
        let hash = ClassificationHash::from(hash);
        let new = Idx::new(self.classifications.len());
        self.classifications.push(ClassificationRecord {
            hash: hash.clone(),
            feature: None,
            answers: None,
            placements: Vec::new(),
        });
        self.classification_ids.insert(hash, new);
        new
    }

    pub(crate) fn forget_classification(&mut self, id: Idx<ClassificationRecord>) {
        let record = self.classification_mut(id);
        record.placements = Vec::new();
        record.answers = None;
        let hash = record.hash.clone();
        self.classification_ids.remove(&hash);
    }

    /// Returns the index of a feature hash. Adds it if it is new.
    pub(crate) fn feature_named(&mut self, hash: &str) -> Idx<FeatureHash> {
        if let Some(id) = self.feature_ids.get(hash) {
            return *id;
        }
        let hash = FeatureHash::from(hash);
        let new = Idx::new(self.features.len());
        self.features.push(hash.clone());
        self.feature_ids.insert(hash, new);
        new
    }

    pub(crate) fn feature_id(&self, hash: &str) -> Option<Idx<FeatureHash>> {
        self.feature_ids.get(hash).copied()
    }

    /// Returns a feature hash.
    pub(crate) fn feature(&self, id: Option<Idx<FeatureHash>>) -> Option<&FeatureHash> {
        id.map(|id| &self.features[id.position()])
    }

    pub(crate) fn blob(&self, id: Idx<Blob>) -> &Blob {
        &self.blobs[id.position()]
    }

    pub(crate) fn blob_mut(&mut self, id: Idx<Blob>) -> &mut Blob {
        &mut self.blobs[id.position()]
    }

    /// Adds a blob, and returns its index.
    pub(crate) fn add_blob(&mut self, blob: Blob) -> Idx<Blob> {
        let id = Idx::new(self.blobs.len());
        self.blobs.push(blob);
        id
    }

    pub(crate) fn first_unit(&self) -> Option<Idx<UnitRecord>> {
        self.units.first().map(|_| Idx::new(0))
    }

    pub(crate) fn unit(&self, id: Idx<UnitRecord>) -> &UnitRecord {
        &self.units[id.position()]
    }

    pub(crate) fn unit_mut(&mut self, id: Idx<UnitRecord>) -> &mut UnitRecord {
        &mut self.units[id.position()]
    }

    /// Returns the blob of a frame; `None` for frames of runs.
    pub(crate) fn blob_at(&self, place: Place, frame: u64) -> Option<Idx<Blob>> {
        self.by_frame.get(&(place, frame)).copied().filter(|blob| self.blob(*blob).run == 0)
    }

    /// Returns the place and frame of a placement.
    fn position(&self, placement: &Placement) -> (Place, u64) {
        let blob = self.blob(placement.blob);
        (blob.place, blob.frame)
    }

    /// Returns the number of placements before a position.
    fn from(&self, placements: &[Placement], position: (Place, u64)) -> usize {
        placements.partition_point(|placement| self.position(placement) < position)
    }

    /// Returns the entry of an object on a frame.
    pub(crate) fn object_at(
        &self,
        tree: &Tree,
        object: Idx<ObjectRecord>,
        place: Place,
        frame: u64,
    ) -> Option<Placement> {
        let placements = &self.object(object).placements;
        let from = placements.get(self.from(placements, (place, frame))..).unwrap_or_default();
        let there = from.iter().take_while(|placement| self.position(placement) == (place, frame));
        there.copied().find(|placement| !tree.is_removed(placement.entry))
    }

    /// Returns all placements of an object, by place and frame.
    pub(crate) fn placements<'i>(
        &'i self,
        tree: &'i Tree,
        object: Idx<ObjectRecord>,
    ) -> impl DoubleEndedIterator<Item = Placement> + use<'i> {
        self.object(object).placements.iter().copied().filter(|placement| !tree.is_removed(placement.entry))
    }

    /// Returns the placements of an object on some frames of a place.
    pub(crate) fn placements_between<'i>(
        &'i self,
        tree: &'i Tree,
        object: Idx<ObjectRecord>,
        place: Place,
        frames: std::ops::RangeInclusive<u64>,
    ) -> impl DoubleEndedIterator<Item = Placement> + use<'i> {
        let placements = &self.object(object).placements;
        let from = self.from(placements, (place, *frames.start()));
        let to = placements.partition_point(|placement| self.position(placement) <= (place, *frames.end()));
        let between = placements.get(from..to).unwrap_or_default();
        between.iter().copied().filter(|placement| !tree.is_removed(placement.entry))
    }

    /// Returns the placements of an object in one place.
    pub(crate) fn placements_in<'i>(
        &'i self,
        tree: &'i Tree,
        object: Idx<ObjectRecord>,
        place: Place,
    ) -> impl DoubleEndedIterator<Item = Placement> + use<'i> {
        self.placements_between(tree, object, place, 0..=u64::MAX)
    }

    /// Returns those of a classification's placements that are in one place.
    pub(crate) fn in_place<'i>(&self, placements: &'i [Placement], place: Place) -> &'i [Placement] {
        let from = self.from(placements, (place, 0));
        let to = placements.partition_point(|placement| self.position(placement).0 <= place);
        placements.get(from..to).unwrap_or_default()
    }

    /// Adds a placement of an object.
    pub(crate) fn add_object_placement(&mut self, tree: &Tree, object: Idx<ObjectRecord>, placement: Placement) {
        let position = self.position(&placement);
        let placements = &self.object(object).placements;
        let at = self.from(placements, position);
        let replaces =
            placements.get(at).is_some_and(|old| self.position(old) == position && tree.is_removed(old.entry));
        let record = self.object_mut(object);
        record.placed += 1;
        if replaces { record.placements[at] = placement } else { record.placements.insert(at, placement) }
    }

    /// Removes an entry of an object. Its placement stays in the list, so that a long list is not moved for each removal.
    pub(crate) fn remove_object_placement(&mut self, tree: &mut Tree, object: Idx<ObjectRecord>, placement: Placement) {
        if !tree.is_removed(placement.entry) {
            tree.remove(placement.entry);
            self.object_mut(object).placed -= 1;
        }
    }

    /// Adds a placement while the row is read; [`Self::settle`] sorts them.
    pub(super) fn met(&mut self, object: Idx<ObjectRecord>, placement: Placement) -> &mut ObjectRecord {
        let record = self.object_mut(object);
        record.placements.push(placement);
        record.placed += 1;
        record
    }

    /// Adds a placement of a classification.
    pub(crate) fn add_classification_placement(
        &mut self,
        classification: Idx<ClassificationRecord>,
        placement: Placement,
    ) {
        let at = self.from(&self.classification(classification).placements, self.position(&placement));
        self.classification_mut(classification).placements.insert(at, placement);
    }

    /// Returns the place of a space.
    pub(crate) fn place_of(&self, space: &str) -> Option<Place> {
        self.space_ids.get(space).copied().map(Place::from_space)
    }

    /// Returns the space of a place; `None` for the data units.
    pub(crate) fn space(&self, place: Place) -> Option<&SpaceRecord> {
        place.space().and_then(|space| self.spaces.get(space.position()))
    }

    /// Returns the places of all spaces, in order.
    pub(crate) fn space_places(&self) -> impl ExactSizeIterator<Item = Place> + use<> {
        (0..self.spaces.len()).map(|position| Place::from_space(Idx::new(position)))
    }

    /// Returns the objects that are on a frame or over a range, in the order of the text.
    pub(crate) fn live_objects(&self) -> impl Iterator<Item = Idx<ObjectRecord>> + '_ {
        let live = self.objects.iter().enumerate().filter(|(_, record)| record.ranged || record.placed > 0);
        live.map(|(position, _)| Idx::new(position))
    }

    /// Returns the classifications that have an answer or an entry, in the order of the text.
    pub(crate) fn live_classifications(&self) -> impl Iterator<Item = Idx<ClassificationRecord>> + '_ {
        let all = self.classifications.iter().enumerate();
        let live = all.filter(|(_, record)| record.answers.is_some() || !record.placements.is_empty());
        live.map(|(position, _)| Idx::new(position))
    }

    /// Returns the entries of an array of a blob.
    pub(crate) fn entries<'t>(&self, tree: &'t Tree, array: Option<NodeId>) -> impl Iterator<Item = NodeId> + use<'t> {
        array.into_iter().flat_map(|array| tree.children(array))
    }
}
