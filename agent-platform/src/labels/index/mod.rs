//! What is where in a label row: built in one pass over the text, kept up to date by every edit.

mod build;
mod duplicate_keys;
mod occupancy;
mod run;
mod scene;
mod settle;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::json::{NodeId, Tree};

pub(crate) use build::build;
pub(crate) use occupancy::Occupancy;
pub(crate) use scene::key_of_space;

/// The labels of one frame of one place; or a run of frames without labels, of which rows have many.
#[derive(Debug, Clone)]
pub(crate) struct Blob {
    /// 0 for the data units, then the spaces in order.
    pub(crate) place: u32,
    /// From 0; nanoseconds on continuous scenes. The first of a run.
    pub(crate) frame: u64,
    /// How many frames a run has, whose entries are one stretch; 0 if this is no run.
    pub(crate) run: u32,
    pub(crate) node: NodeId,
    pub(crate) objects: Option<NodeId>,
    pub(crate) classifications: Option<NodeId>,
    /// The data unit, or `u32::MAX`.
    pub(crate) unit: u32,
}

/// The labels of the data units, which are in no space.
pub(crate) const ROOT: u32 = 0;

/// An entry in a blob.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Placement {
    pub(crate) blob: u32,
    pub(crate) entry: NodeId,
}

/// All that belongs to one object hash.
#[derive(Debug, Clone)]
pub(crate) struct ObjectRecord {
    pub(crate) hash: Arc<str>,
    /// An index into `features`, or `u32::MAX`.
    pub(crate) feature: u32,
    pub(crate) answers: Option<NodeId>,
    pub(crate) actions: Option<NodeId>,
    /// By place and frame; entries that were removed stay among them.
    placements: Vec<Placement>,
    /// How many of them are there.
    pub(crate) placed: u32,
    /// The answers entry holds ranges: it is an object without a place in any blob.
    pub(crate) ranged: bool,
}

/// All that belongs to one classification hash.
#[derive(Debug, Clone)]
pub(crate) struct ClassificationRecord {
    pub(crate) hash: Arc<str>,
    pub(crate) feature: u32,
    pub(crate) answers: Option<NodeId>,
    /// The entries in blobs, which only the older generation has; by place and frame.
    pub(crate) placements: Vec<Placement>,
}

/// A data unit.
#[derive(Debug, Clone)]
pub(crate) struct UnitRecord {
    pub(crate) node: NodeId,
    pub(crate) labels: Option<NodeId>,
    /// The frame of an image; 0 where it is not said.
    pub(crate) sequence: u64,
}

/// A space; without a node if only labels mention it.
#[derive(Debug, Clone)]
pub(crate) struct SpaceRecord {
    pub(crate) id: Arc<str>,
    pub(crate) node: Option<NodeId>,
    pub(crate) labels: Option<NodeId>,
}

/// See the module.
#[derive(Debug, Clone, Default)]
pub(crate) struct Index {
    pub(crate) units: Vec<UnitRecord>,
    pub(crate) spaces: Vec<SpaceRecord>,
    space_ids: HashMap<Arc<str>, u32>,
    pub(crate) blobs: Vec<Blob>,
    /// By place and first frame.
    pub(crate) by_frame: BTreeMap<(u32, u64), u32>,
    pub(crate) objects: Vec<ObjectRecord>,
    object_ids: HashMap<Arc<str>, u32>,
    pub(crate) classifications: Vec<ClassificationRecord>,
    classification_ids: HashMap<Arc<str>, u32>,
    features: Vec<Arc<str>>,
    feature_ids: HashMap<Arc<str>, u32>,
}

fn id(length: usize) -> u32 {
    // A text is at most 4 GiB, and each of these takes more than one byte of it.
    u32::try_from(length).unwrap_or(u32::MAX)
}

impl Index {
    pub(crate) fn object_id(&self, hash: &str) -> Option<u32> {
        self.object_ids.get(hash).copied()
    }

    pub(crate) fn object(&self, id: u32) -> &ObjectRecord {
        &self.objects[id as usize]
    }

    pub(crate) fn object_mut(&mut self, id: u32) -> &mut ObjectRecord {
        &mut self.objects[id as usize]
    }

    pub(crate) fn object_named(&mut self, hash: &str) -> u32 {
        if let Some(id) = self.object_id(hash) {
            return id;
        }
        let hash: Arc<str> = Arc::from(hash);
        let new = id(self.objects.len());
        self.objects.push(ObjectRecord {
            hash: hash.clone(),
            feature: u32::MAX,
            answers: None,
            actions: None,
            placements: Vec::new(),
            placed: 0,
            ranged: false,
        });
        self.object_ids.insert(hash, new);
        new
    }

    pub(crate) fn forget_object(&mut self, id: u32) {
        let record = self.object_mut(id);
        record.placements = Vec::new();
        (record.placed, record.ranged) = (0, false);
        (record.answers, record.actions) = (None, None);
        let hash = record.hash.clone();
        self.object_ids.remove(&hash);
    }

    pub(crate) fn classification_id(&self, hash: &str) -> Option<u32> {
        self.classification_ids.get(hash).copied()
    }

    pub(crate) fn classification(&self, id: u32) -> &ClassificationRecord {
        &self.classifications[id as usize]
    }

    pub(crate) fn classification_mut(&mut self, id: u32) -> &mut ClassificationRecord {
        &mut self.classifications[id as usize]
    }

    pub(crate) fn classification_named(&mut self, hash: &str) -> u32 {
        if let Some(id) = self.classification_id(hash) {
            return id;
        }
        let hash: Arc<str> = Arc::from(hash);
        let new = id(self.classifications.len());
        self.classifications.push(ClassificationRecord {
            hash: hash.clone(),
            feature: u32::MAX,
            answers: None,
            placements: Vec::new(),
        });
        self.classification_ids.insert(hash, new);
        new
    }

    pub(crate) fn forget_classification(&mut self, id: u32) {
        let record = self.classification_mut(id);
        record.placements = Vec::new();
        record.answers = None;
        let hash = record.hash.clone();
        self.classification_ids.remove(&hash);
    }

    /// The number that stands for a feature hash here.
    pub(crate) fn feature_named(&mut self, hash: &str) -> u32 {
        if let Some(id) = self.feature_ids.get(hash) {
            return *id;
        }
        let hash: Arc<str> = Arc::from(hash);
        let new = id(self.features.len());
        self.features.push(hash.clone());
        self.feature_ids.insert(hash, new);
        new
    }

    pub(crate) fn feature_id(&self, hash: &str) -> Option<u32> {
        self.feature_ids.get(hash).copied()
    }

    pub(crate) fn feature(&self, id: u32) -> Option<&str> {
        self.features.get(id as usize).map(AsRef::as_ref)
    }

    pub(crate) fn blob(&self, id: u32) -> &Blob {
        &self.blobs[id as usize]
    }

    /// The blob of a frame. Frames of runs have none of their own.
    pub(crate) fn blob_at(&self, place: u32, frame: u64) -> Option<u32> {
        self.by_frame.get(&(place, frame)).copied().filter(|blob| self.blob(*blob).run == 0)
    }

    /// Where a placement stands, to be compared.
    fn position(&self, placement: &Placement) -> (u32, u64) {
        let blob = self.blob(placement.blob);
        (blob.place, blob.frame)
    }

    /// The first of these placements that is not before a position.
    fn from(&self, placements: &[Placement], position: (u32, u64)) -> usize {
        placements.partition_point(|placement| self.position(placement) < position)
    }

    /// The entry of an object on a frame.
    pub(crate) fn object_at(&self, tree: &Tree, object: u32, place: u32, frame: u64) -> Option<Placement> {
        let placements = &self.object(object).placements;
        let from = placements.get(self.from(placements, (place, frame))..).unwrap_or_default();
        let there = from.iter().take_while(|placement| self.position(placement) == (place, frame));
        there.copied().find(|placement| !tree.is_removed(placement.entry))
    }

    /// Everywhere an object is, by place and frame.
    pub(crate) fn placements<'i>(
        &'i self,
        tree: &'i Tree,
        object: u32,
    ) -> impl DoubleEndedIterator<Item = Placement> + use<'i> {
        self.object(object).placements.iter().copied().filter(|placement| !tree.is_removed(placement.entry))
    }

    /// Where an object is from one frame of a place to another.
    pub(crate) fn placements_between<'i>(
        &'i self,
        tree: &'i Tree,
        object: u32,
        place: u32,
        frames: std::ops::RangeInclusive<u64>,
    ) -> impl DoubleEndedIterator<Item = Placement> + use<'i> {
        let placements = &self.object(object).placements;
        let from = self.from(placements, (place, *frames.start()));
        let to = placements.partition_point(|placement| self.position(placement) <= (place, *frames.end()));
        let between = placements.get(from..to).unwrap_or_default();
        between.iter().copied().filter(|placement| !tree.is_removed(placement.entry))
    }

    /// Where an object is in one place.
    pub(crate) fn placements_in<'i>(
        &'i self,
        tree: &'i Tree,
        object: u32,
        place: u32,
    ) -> impl DoubleEndedIterator<Item = Placement> + use<'i> {
        self.placements_between(tree, object, place, 0..=u64::MAX)
    }

    /// The placements of a classification in one place.
    pub(crate) fn in_place<'i>(&self, placements: &'i [Placement], place: u32) -> &'i [Placement] {
        let (from, to) = (self.from(placements, (place, 0)), self.from(placements, (place + 1, 0)));
        placements.get(from..to).unwrap_or_default()
    }

    /// Keeps a new placement of an object.
    pub(crate) fn add_object_placement(&mut self, tree: &Tree, object: u32, placement: Placement) {
        let position = self.position(&placement);
        let placements = &self.object(object).placements;
        let at = self.from(placements, position);
        let replaces =
            placements.get(at).is_some_and(|old| self.position(old) == position && tree.is_removed(old.entry));
        let record = self.object_mut(object);
        record.placed += 1;
        if replaces { record.placements[at] = placement } else { record.placements.insert(at, placement) }
    }

    /// Takes an entry of an object out. It stays in the list: a long list is not moved for each of its entries.
    pub(crate) fn remove_object_placement(&mut self, tree: &mut Tree, object: u32, placement: Placement) {
        if !tree.is_removed(placement.entry) {
            tree.remove(placement.entry);
            self.object_mut(object).placed -= 1;
        }
    }

    /// Keeps a placement as it is met; [`Self::settle`] puts them in order.
    pub(super) fn met(&mut self, object: u32, placement: Placement) -> &mut ObjectRecord {
        let record = self.object_mut(object);
        record.placements.push(placement);
        record.placed += 1;
        record
    }

    /// Keeps a new placement of a classification.
    pub(crate) fn add_classification_placement(&mut self, classification: u32, placement: Placement) {
        let at = self.from(&self.classification(classification).placements, self.position(&placement));
        self.classification_mut(classification).placements.insert(at, placement);
    }

    /// The place of a space.
    pub(crate) fn place_of(&self, space: &str) -> Option<u32> {
        self.space_ids.get(space).copied()
    }

    /// The space of a place; `None` for the root.
    pub(crate) fn space(&self, place: u32) -> Option<&SpaceRecord> {
        place.checked_sub(1).and_then(|index| self.spaces.get(index as usize))
    }

    /// The objects that are somewhere, in the order they were met.
    pub(crate) fn live_objects(&self) -> impl Iterator<Item = u32> + '_ {
        let live = self.objects.iter().enumerate().filter(|(_, record)| record.ranged || record.placed > 0);
        live.map(|(index, _)| id(index))
    }

    /// The classifications that are there, in the order they were met.
    pub(crate) fn live_classifications(&self) -> impl Iterator<Item = u32> + '_ {
        let all = self.classifications.iter().enumerate();
        all.filter(|(_, record)| record.answers.is_some() || !record.placements.is_empty()).map(|(index, _)| id(index))
    }

    /// The entries of an array of a blob.
    pub(crate) fn entries<'t>(&self, tree: &'t Tree, array: Option<NodeId>) -> impl Iterator<Item = NodeId> + use<'t> {
        array.into_iter().flat_map(|array| tree.children(array))
    }
}
