//! Search for objects that look like the prompted ones.

mod appearance;
mod colours;
mod proposals;
mod shape;

use agent_platform::media::Cancellation;
use rayon::prelude::*;

use self::appearance::{Candidate, Cells, Exemplar};
use self::proposals::Proposals;
use super::error::SegmentError;
use super::mask::Mask;
use super::numbers::real;
use super::prompts::Prompts;
use super::segmenter::{Embedding, Segmenter};

/// Points that are tried in one round.
const ROUND: usize = 8;
/// Rounds without a similar object after which a search ends.
const MAX_IDLE_ROUNDS: usize = 4;
/// Minimum predicted quality and stability of a mask.
const MIN_QUALITY: f32 = 0.7;
const MIN_STABILITY: f32 = 0.8;
/// Minimum part of the smaller of two masks in the larger one, for masks of the same object.
const SAME_OBJECT: f32 = 0.5;

/// An object that a search found.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SimilarObject {
    /// The mask of the object.
    pub mask: Mask,
    /// Similarity to the most similar prompt: at most 1.
    pub similarity: f32,
}

/// Options of a search for similar objects.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
#[must_use]
pub struct SimilarOptions {
    /// Minimum similarity to a prompt, at most 1. Default: 0.62.
    pub min_similarity: f32,
    /// Maximum ratio of the areas of an object and of a prompt. Default: 3.6.
    pub max_area_ratio: f32,
    /// Maximum points at which objects are looked for. The time of a search grows with them. Default: 80.
    pub max_points: usize,
    /// Maximum objects. Default: 500.
    pub max_objects: usize,
}

impl Default for SimilarOptions {
    fn default() -> Self {
        Self { min_similarity: 0.62, max_area_ratio: 3.6, max_points: 80, max_objects: 500 }
    }
}

impl SimilarOptions {
    /// Creates the default options.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the minimum similarity to a prompt.
    pub fn with_min_similarity(mut self, similarity: f32) -> Self {
        self.min_similarity = similarity;
        self
    }

    /// Sets the maximum ratio of the areas of an object and of a prompt.
    pub fn with_max_area_ratio(mut self, ratio: f32) -> Self {
        self.max_area_ratio = ratio;
        self
    }

    /// Sets the maximum number of points at which objects are looked for.
    pub fn with_max_points(mut self, points: usize) -> Self {
        self.max_points = points;
        self
    }

    /// Sets the maximum number of objects.
    pub fn with_max_objects(mut self, objects: usize) -> Self {
        self.max_objects = objects;
        self
    }
}

impl Segmenter {
    /// Finds objects that look like the prompted ones, in descending order of their similarity. The prompted objects are
    /// not part of the result. Prompts on different instances find more.
    ///
    /// Objects are similar if the features of the encoder, the outlines and the colours are similar, in any rotation, and
    /// if the sizes differ by less than [`SimilarOptions::max_area_ratio`].
    ///
    /// # Errors
    /// The prompts of an object are missing, too many, or outside the image.
    pub fn find_similar(
        &self,
        embedding: &Embedding,
        prompts: &[Prompts],
        options: &SimilarOptions,
    ) -> Result<Vec<SimilarObject>, SegmentError> {
        self.find_similar_until(embedding, prompts, options, &Cancellation::default())
    }

    /// Finds objects that look like the prompted ones, unless the work is cancelled; see
    /// [`find_similar`](Self::find_similar).
    ///
    /// # Errors
    /// The prompts of an object are missing, too many, or outside the image, or the work was cancelled.
    pub fn find_similar_until(
        &self,
        embedding: &Embedding,
        prompts: &[Prompts],
        options: &SimilarOptions,
        cancellation: &Cancellation,
    ) -> Result<Vec<SimilarObject>, SegmentError> {
        if prompts.is_empty() {
            return Err(SegmentError::NoPrompt);
        }
        let cells = Cells::new(embedding);
        let exemplars = self.exemplars(embedding, prompts, &cells)?;
        let mut proposals = Proposals::new(&exemplars, &cells);
        let (mut found, mut left, mut idle) = (Vec::new(), options.max_points, 0);
        while left > 0 && idle < MAX_IDLE_ROUNDS {
            if cancellation.is_cancelled() {
                return Err(SegmentError::Cancelled);
            }
            let points = proposals.next(ROUND.min(left));
            if points.is_empty() {
                break;
            }
            left -= points.len();
            let objects: Vec<Prompts> = points.into_iter().map(Prompts::from_point).collect();
            let masks: Vec<Mask> = self.predict_all(embedding, &objects)?.into_iter().flatten().collect();
            let similar = masks.into_par_iter().filter_map(|mask| similar(mask, &exemplars, &cells, options));
            let similar: Vec<SimilarObject> = similar.collect();
            idle = if similar.is_empty() { idle + 1 } else { 0 };
            similar.iter().for_each(|object| proposals.cover(&object.mask));
            found.extend(similar);
        }
        Ok(distinct(found, &exemplars, options.max_objects))
    }

    /// Predicts the masks of the prompted objects.
    fn exemplars(
        &self,
        embedding: &Embedding,
        prompts: &[Prompts],
        cells: &Cells,
    ) -> Result<Vec<Exemplar>, SegmentError> {
        let masks = self.predict_all(embedding, prompts)?;
        let masks = masks.into_iter().filter_map(|masks| masks.into_iter().find(|mask| mask.area() > 0));
        Ok(masks.map(|mask| Exemplar::new(mask, cells)).collect())
    }
}

/// Returns the mask with its similarity if it is good and similar enough.
fn similar(mask: Mask, exemplars: &[Exemplar], cells: &Cells, options: &SimilarOptions) -> Option<SimilarObject> {
    if mask.quality() < MIN_QUALITY || mask.stability() < MIN_STABILITY {
        return None;
    }
    let area = mask.area();
    let mut fitting = exemplars.iter().filter(|one| one.area_ratio(area) <= options.max_area_ratio).peekable();
    fitting.peek()?;
    let candidate = Candidate::new(&mask, cells);
    let similarity = fitting.map(|exemplar| exemplar.similarity(&candidate)).max_by(f32::total_cmp)?;
    (similarity >= options.min_similarity).then_some(SimilarObject { mask, similarity })
}

/// Removes further masks of the same objects, and those of the prompts.
fn distinct(mut found: Vec<SimilarObject>, exemplars: &[Exemplar], max: usize) -> Vec<SimilarObject> {
    found.sort_by(|one, other| other.similarity.total_cmp(&one.similarity));
    let mut kept: Vec<SimilarObject> = Vec::new();
    for object in found {
        let mut others = kept.iter().map(|kept| &kept.mask).chain(exemplars.iter().map(Exemplar::mask));
        if kept.len() < max && others.all(|other| shared_part(&object.mask, other) < SAME_OBJECT) {
            kept.push(object);
        }
    }
    kept
}

/// Returns the part of the smaller mask that is in the larger one.
fn shared_part(one: &Mask, other: &Mask) -> f32 {
    let both = one.bits().zip(other.bits()).filter(|(one, other)| *one && *other).count();
    real(both) / real(one.area().min(other.area()).max(1))
}
