//! Masks that may show similar objects.

use rayon::prelude::*;

use super::super::mask::Mask;
use super::super::numbers::real;
use super::appearance::{Candidate, Cells, Exemplar};
use super::region::Region;
use super::{SimilarObject, SimilarOptions};

/// Minimum predicted quality and stability of a mask.
const MIN_QUALITY: f32 = 0.7;
const MIN_STABILITY: f32 = 0.8;
/// Minimum quality of a mask that shows an object, also if that is not similar.
const MIN_OBJECT_QUALITY: f32 = 0.8;
/// Minimum part of the smaller of two masks in the larger one, for masks of the same object.
const SAME_OBJECT: f32 = 0.5;
/// Similarity beyond the minimum from which an object becomes a view of the exemplar, and its minimum quality.
const VIEW_MARGIN: f32 = 0.04;
const MIN_VIEW_QUALITY: f32 = 0.85;
/// Maximum objects that become views. A search compares each mask with each of them.
const MAX_VIEWS: usize = 8;
/// Similarity below the minimum at which a mask is dropped: no view makes up for it.
const MAX_SHORTFALL: f32 = 0.3;

/// The masks, compared with the exemplars. The best of them become views of the exemplars, with which all are compared
/// again.
pub(super) struct Pool<'s> {
    exemplars: Vec<Exemplar>,
    cells: &'s Cells,
    options: &'s SimilarOptions,
    entries: Vec<Entry>,
    views: usize,
}

/// The outcome of adding masks.
pub(super) struct Added {
    /// `true` if an object is similar that was not before.
    pub(super) has_similar: bool,
    /// The regions at which no further points are needed: those of similar objects, and of others at the points.
    pub(super) regions: Vec<Region>,
}

/// A mask with a good quality.
struct Entry {
    mask: Mask,
    candidate: Candidate,
    similarity: f32,
    /// Index of the most similar exemplar.
    exemplar: usize,
    is_view: bool,
    was_similar: bool,
}

impl<'s> Pool<'s> {
    pub(super) fn new(exemplars: Vec<Exemplar>, cells: &'s Cells, options: &'s SimilarOptions) -> Self {
        Self { exemplars, cells, options, entries: Vec::new(), views: 0 }
    }

    /// Adds the masks at some points, one list per point.
    pub(super) fn add(&mut self, points: Vec<Vec<Mask>>) -> Added {
        let new: Vec<_> = points.into_par_iter().map(|masks| self.entries(masks)).collect();
        let mut regions = Vec::new();
        for (entries, object) in new {
            self.entries.extend(entries);
            regions.extend(object);
        }
        while self.views < MAX_VIEWS && self.add_view() {
            self.views += 1;
        }
        let (min, others) = (self.options.min_similarity, regions.len());
        for entry in self.entries.iter_mut().filter(|entry| entry.similarity >= min && !entry.was_similar) {
            entry.was_similar = true;
            regions.push(entry.candidate.region.clone());
        }
        Added { has_similar: regions.len() > others, regions }
    }

    /// Returns the similar objects in descending order of their similarity, one mask each, without the prompted ones.
    pub(super) fn into_objects(mut self) -> Vec<SimilarObject> {
        self.entries.retain(|entry| entry.similarity >= self.options.min_similarity);
        self.entries.sort_by(|one, other| other.similarity.total_cmp(&one.similarity));
        let mut kept: Vec<Entry> = Vec::new();
        for entry in self.entries {
            let others = kept.iter().map(|kept| &kept.candidate.region);
            let mut others = others.chain(self.exemplars.iter().map(Exemplar::region));
            let is_new = others.all(|other| entry.candidate.region.shared_part(other) < SAME_OBJECT);
            if is_new && kept.len() < self.options.max_objects {
                kept.push(entry);
            }
        }
        let object = |Entry { mut mask, candidate, similarity, .. }: Entry| {
            mask.retain(|place| candidate.region.contains(place));
            SimilarObject { mask, similarity }
        };
        kept.into_iter().map(object).collect()
    }

    /// Compares the masks at a point with the exemplars. Returns those that are not too different, and the smallest region
    /// that shows an object.
    fn entries(&self, masks: Vec<Mask>) -> (Vec<Entry>, Option<Region>) {
        let (mut entries, mut smallest) = (Vec::new(), None::<Region>);
        let largest = self.exemplars.iter().map(|exemplar| exemplar.region().area()).max().unwrap_or(0);
        for mask in masks {
            if mask.quality() < MIN_QUALITY || mask.stability() < MIN_STABILITY {
                continue;
            }
            let region = Region::new(&mask);
            let is_object = mask.quality() >= MIN_OBJECT_QUALITY
                && real(region.area()) <= real(largest) * self.options.max_area_ratio
                && smallest.as_ref().is_none_or(|smallest| region.area() < smallest.area());
            if is_object {
                smallest = Some(region.clone());
            }
            entries.extend(self.entry(mask, region));
        }
        (entries, smallest)
    }

    /// Compares a mask with the exemplars. `None` if it differs too much.
    fn entry(&self, mask: Mask, region: Region) -> Option<Entry> {
        if !self.exemplars.iter().any(|exemplar| self.fits(exemplar, &region)) {
            return None;
        }
        let candidate = Candidate::new(region, self.cells);
        let (similarity, exemplar) = self.similarity(&candidate)?;
        let is_close = similarity >= self.options.min_similarity - MAX_SHORTFALL;
        is_close.then_some(Entry { mask, candidate, similarity, exemplar, is_view: false, was_similar: false })
    }

    fn fits(&self, exemplar: &Exemplar, region: &Region) -> bool {
        exemplar.area_ratio(region.area()) <= self.options.max_area_ratio
    }

    /// Returns the similarity to the most similar exemplar, and the index of that.
    fn similarity(&self, candidate: &Candidate) -> Option<(f32, usize)> {
        let fitting = self.exemplars.iter().enumerate().filter(|(_, one)| self.fits(one, &candidate.region));
        let similarities = fitting.map(|(index, exemplar)| (exemplar.similarity(candidate), index));
        similarities.max_by(|one, other| one.0.total_cmp(&other.0))
    }

    /// Makes the most similar mask of a further object a view, and compares all masks again. Returns `false` if there is
    /// none.
    fn add_view(&mut self) -> bool {
        let min = self.options.min_similarity + VIEW_MARGIN;
        let good = |entry: &&Entry| entry.similarity >= min && entry.mask.quality() >= MIN_VIEW_QUALITY;
        let known = |entry: &Entry| {
            let views = self.entries.iter().filter(|other| other.is_view).map(|other| &other.candidate.region);
            let mut known = views.chain(self.exemplars.iter().map(Exemplar::region));
            known.any(|other| entry.candidate.region.shared_part(other) >= SAME_OBJECT)
        };
        let candidates = self.entries.iter().enumerate().filter(|(_, entry)| good(entry) && !known(entry));
        let best = candidates.max_by(|(_, one), (_, other)| one.similarity.total_cmp(&other.similarity));
        let Some(best) = best.map(|(index, _)| index) else { return false };
        let entry = &mut self.entries[best];
        entry.is_view = true;
        self.exemplars[entry.exemplar].add_view(&entry.candidate, self.cells);
        let updated: Vec<_> = self.entries.par_iter().map(|entry| self.similarity(&entry.candidate)).collect();
        for (entry, updated) in self.entries.iter_mut().zip(updated) {
            if let Some((similarity, exemplar)) = updated {
                (entry.similarity, entry.exemplar) = (similarity, exemplar);
            }
        }
        true
    }
}
