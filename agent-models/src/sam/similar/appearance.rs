//! Appearance of objects: features, outline and colours.

use rayon::prelude::*;

use super::super::encoder::CHANNELS;
use super::super::mask::{Mask, SIDE as MASK_SIDE};
use super::super::numbers::{index, real};
use super::super::prompt_encoder::SIDE;
use super::super::segmenter::Embedding;
use super::colours::{ColourGrid, Colours};
use super::shape::Outline;

/// Pixels of a mask per side of a cell.
const PIXELS: usize = MASK_SIDE / SIDE;
/// Maximum cells of an exemplar that are compared.
const MAX_CELLS: usize = 256;
/// Weights of the differences of outlines.
const OUTLINE_WEIGHT: f32 = 0.2;

/// The cells of an encoded image: features without their mean, of length 1.
pub(super) struct Cells {
    features: Vec<f32>,
    /// Columns and rows of cells that the image covers.
    pub(super) covered: [usize; 2],
    /// Part of the cells that the image covers.
    pub(super) extent: [f32; 2],
    pub(super) colours: ColourGrid,
}

impl Cells {
    pub(super) fn new(embedding: &Embedding) -> Self {
        let covered = embedding.extent().map(|part| index((part * real(SIDE)).ceil()).clamp(1, SIDE));
        let features = embedding.features();
        let cell = |x: usize, y: usize| &features[(y * SIDE + x) * CHANNELS..][..CHANNELS];
        let mut mean = vec![0.0; CHANNELS];
        let count = real(covered[0] * covered[1]);
        for (x, y) in (0..covered[1]).flat_map(|y| (0..covered[0]).map(move |x| (x, y))) {
            mean.iter_mut().zip(cell(x, y)).for_each(|(mean, feature)| *mean += feature / count);
        }
        let mut features = features.to_vec();
        features.par_chunks_mut(CHANNELS).for_each(|cell| {
            cell.iter_mut().zip(&mean).for_each(|(feature, mean)| *feature -= mean);
            let length = dot(cell, cell).sqrt().max(1e-6);
            cell.iter_mut().for_each(|feature| *feature /= length);
        });
        Self { features, covered, extent: embedding.extent(), colours: ColourGrid::new(embedding) }
    }

    fn cell(&self, at: usize) -> &[f32] {
        &self.features[at * CHANNELS..][..CHANNELS]
    }
}

/// An object that is compared with exemplars.
pub(super) struct Candidate {
    cells: Vec<usize>,
    outline: Outline,
    colours: Colours,
}

impl Candidate {
    pub(super) fn new(mask: &Mask, cells: &Cells) -> Self {
        Self { cells: cells_of(mask), outline: Outline::new(mask), colours: cells.colours.of(mask) }
    }
}

/// A prompted object.
pub(super) struct Exemplar {
    mask: Mask,
    area: usize,
    candidate: Candidate,
    /// Similarity of each cell of the object to each cell of the image.
    similarities: Vec<Vec<f32>>,
    /// Similarity of each cell of the image to the most similar cell of the object.
    pub(super) nearest: Vec<f32>,
}

impl Exemplar {
    pub(super) fn new(mask: Mask, cells: &Cells) -> Self {
        let candidate = Candidate::new(&mask, cells);
        let step = candidate.cells.len().div_ceil(MAX_CELLS).max(1);
        let own: Vec<usize> = candidate.cells.iter().copied().step_by(step).collect();
        let similarities = own.par_iter().map(|own| {
            let own = cells.cell(*own);
            cells.features.chunks_exact(CHANNELS).map(|cell| dot(own, cell)).collect::<Vec<f32>>()
        });
        let similarities: Vec<Vec<f32>> = similarities.collect();
        let mut nearest = vec![-1.0_f32; SIDE * SIDE];
        for row in &similarities {
            nearest.iter_mut().zip(row).for_each(|(nearest, similarity)| *nearest = nearest.max(*similarity));
        }
        Self { area: mask.area(), mask, candidate, similarities, nearest }
    }

    pub(super) fn mask(&self) -> &Mask {
        &self.mask
    }

    pub(super) fn area(&self) -> usize {
        self.area
    }

    /// Returns the ratio of the larger and the smaller area.
    pub(super) fn area_ratio(&self, area: usize) -> f32 {
        real(self.area.max(area)) / real(self.area.min(area).max(1))
    }

    /// Returns the similarity of an object, at most 1.
    pub(super) fn similarity(&self, other: &Candidate) -> f32 {
        let mean = |sum: f32, count: usize| sum / real(count.max(1));
        let there: f32 = other.cells.iter().map(|cell| self.nearest[*cell]).sum();
        let back = self.similarities.iter().map(|row| other.cells.iter().map(|cell| row[*cell]).fold(-1.0, f32::max));
        let features = (mean(there, other.cells.len()) + mean(back.sum(), self.similarities.len())) / 2.0;
        features
            - OUTLINE_WEIGHT * self.candidate.outline.difference(&other.outline)
            - self.candidate.colours.penalty(&other.colours)
    }
}

/// Returns the cells that a mask covers by more than half, or the one that it covers most.
fn cells_of(mask: &Mask) -> Vec<usize> {
    let mut counts = vec![0_usize; SIDE * SIDE];
    let [width, _] = mask.covered();
    for (place, _) in mask.bits().enumerate().filter(|(_, inside)| *inside) {
        counts[place / width / PIXELS * SIDE + place % width / PIXELS] += 1;
    }
    let cells: Vec<usize> = (0..counts.len()).filter(|cell| counts[*cell] * 2 > PIXELS * PIXELS).collect();
    if cells.is_empty() { (0..counts.len()).max_by_key(|cell| counts[*cell]).into_iter().collect() } else { cells }
}

fn dot(one: &[f32], other: &[f32]) -> f32 {
    let mut sums = [0.0; 8];
    for (one, other) in one.chunks_exact(8).zip(other.chunks_exact(8)) {
        sums.iter_mut().zip(one).zip(other).for_each(|((sum, one), other)| *sum += one * other);
    }
    sums.iter().sum()
}
