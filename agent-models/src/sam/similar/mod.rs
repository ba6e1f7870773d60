//! Search for objects that look like the prompted ones.

mod appearance;
mod colours;
mod pool;
mod proposals;
mod region;
mod shape;

use agent_platform::media::Cancellation;

use self::appearance::{Cells, Exemplar};
use self::pool::Pool;
use self::proposals::Proposals;
use super::error::SegmentError;
use super::mask::Mask;
use super::prompts::Prompts;
use super::segmenter::{Embedding, Segmenter};

/// Points that are tried in one round.
const ROUND: usize = 8;
/// Rounds without a similar object after which a search ends.
const MAX_IDLE_ROUNDS: usize = 4;

/// An object that a search found.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SimilarObject {
    /// The mask of the object, in one part.
    pub mask: Mask,
    /// Similarity to the most similar prompt, or to an object found that resembles it: at most 1.
    pub similarity: f32,
}

/// Options of a search for similar objects.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
#[must_use]
pub struct SimilarOptions {
    /// Minimum similarity to a prompt, at most 1. Default: 0.65.
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
        Self { min_similarity: 0.65, max_area_ratio: 3.6, max_points: 80, max_objects: 500 }
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
    /// not part of the result. Prompts on different instances find more. A mask among the prompts of an object is its
    /// outline; other prompts are segmented first.
    ///
    /// Objects are similar if the features of the encoder, the outlines and the colours are similar, in any rotation, and
    /// if the sizes differ by less than [`SimilarOptions::max_area_ratio`]. The features of the most similar objects found
    /// are compared as well, so that an object in another rotation is found by way of those in between.
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
        let mut pool = Pool::new(exemplars, &cells, options);
        let (mut left, mut idle) = (options.max_points, 0);
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
            let added = pool.add(self.predict_all(embedding, &objects)?);
            idle = if added.has_similar { 0 } else { idle + 1 };
            added.regions.iter().for_each(|region| proposals.cover(region));
        }
        Ok(pool.into_objects())
    }

    /// Returns the prompted objects: masks that are drawn, or predicted from the other prompts.
    fn exemplars(
        &self,
        embedding: &Embedding,
        prompts: &[Prompts],
        cells: &Cells,
    ) -> Result<Vec<Exemplar>, SegmentError> {
        let mut exemplars = Vec::new();
        for prompts in prompts {
            let drawn = prompts.mask().filter(|mask| prompts.points().is_empty() && mask.area() > 0);
            let mask = match drawn {
                Some(mask) => Some(mask.clone()),
                None => self.predict(embedding, prompts)?.into_iter().find(|mask| mask.area() > 0),
            };
            exemplars.extend(mask.map(|mask| Exemplar::new(&mask, cells)));
        }
        Ok(exemplars)
    }
}
