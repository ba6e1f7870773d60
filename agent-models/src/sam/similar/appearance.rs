//! Appearance of objects: features, outline and colours.

use rayon::prelude::*;

use super::super::encoder::CHANNELS;
use super::super::layers::multiply_transposed;
use super::super::mask::{Mask, SIDE as MASK_SIDE};
use super::super::numbers::{index, real};
use super::super::prompt_encoder::SIDE;
use super::super::segmenter::Embedding;
use super::colours::{ColourGrid, Colours};
use super::region::Region;
use super::shape::Outline;

/// Pixels of a mask per side of a cell.
const PIXELS: usize = MASK_SIDE / SIDE;
/// Maximum cells of an exemplar that are compared.
const MAX_CELLS: usize = 256;
/// Reduction of the similarity to objects that were found, because they were not selected.
const VIEW_DISCOUNT: f32 = 0.03;

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
    pub(super) region: Region,
    cells: Vec<usize>,
    outline: Outline,
    colours: Colours,
}

impl Candidate {
    pub(super) fn new(region: Region, cells: &Cells) -> Self {
        let (outline, colours) = (Outline::new(&region), cells.colours.of(&region));
        Self { cells: cells_of(&region), outline, colours, region }
    }
}

/// A prompted object, and objects found that look like it.
pub(super) struct Exemplar {
    object: Candidate,
    /// The prompted object first.
    views: Vec<View>,
}

impl Exemplar {
    pub(super) fn new(mask: &Mask, cells: &Cells) -> Self {
        let object = Candidate::new(Region::new(mask), cells);
        Self { views: vec![View::new(&object, cells)], object }
    }

    /// Adds an object that looks like this one, for instance in another rotation. Its features are compared as well.
    pub(super) fn add_view(&mut self, object: &Candidate, cells: &Cells) {
        self.views.push(View::new(object, cells));
    }

    pub(super) fn region(&self) -> &Region {
        &self.object.region
    }

    /// Returns the similarity of each cell of the image to the most similar cell of the prompted object.
    pub(super) fn nearest(&self) -> impl Iterator<Item = &f32> {
        self.views.iter().take(1).flat_map(|view| &view.nearest)
    }

    /// Returns the ratio of the larger and the smaller area.
    pub(super) fn area_ratio(&self, area: usize) -> f32 {
        let own = self.region().area();
        real(own.max(area)) / real(own.min(area).max(1))
    }

    /// Returns the similarity of an object, at most 1.
    pub(super) fn similarity(&self, other: &Candidate) -> f32 {
        let discounts = std::iter::once(0.0).chain(std::iter::repeat(VIEW_DISCOUNT));
        let features = self.views.iter().zip(discounts).map(|(view, discount)| view.features(other) - discount);
        features.fold(f32::MIN, f32::max)
            - self.object.outline.penalty(&other.outline)
            - self.object.colours.penalty(&other.colours)
    }
}

/// The features of an object, compared with those of the image.
struct View {
    /// Similarity of each cell of the object to each cell of the image, one row per cell of the object.
    similarities: Vec<f32>,
    /// Similarity of each cell of the image to the most similar cell of the object.
    nearest: Vec<f32>,
}

impl View {
    fn new(object: &Candidate, cells: &Cells) -> Self {
        let step = object.cells.len().div_ceil(MAX_CELLS).max(1);
        let own: Vec<f32> = object.cells.iter().step_by(step).flat_map(|cell| cells.cell(*cell)).copied().collect();
        let count = own.len() / CHANNELS;
        let mut similarities = vec![0.0; count * SIDE * SIDE];
        let all = (&*cells.features, [SIDE * SIDE, CHANNELS], CHANNELS);
        multiply_transposed((&own, [count, CHANNELS], CHANNELS), all, &mut similarities, 1.0, 0.0);
        let mut nearest = vec![-1.0_f32; SIDE * SIDE];
        for row in similarities.chunks_exact(SIDE * SIDE) {
            nearest.iter_mut().zip(row).for_each(|(nearest, similarity)| *nearest = nearest.max(*similarity));
        }
        Self { similarities, nearest }
    }

    /// Returns the similarity of the features of two objects: the mean of the most similar cells in either direction.
    fn features(&self, other: &Candidate) -> f32 {
        let mean = |sum: f32, count: usize| sum / real(count.max(1));
        let there: f32 = other.cells.iter().map(|cell| self.nearest[*cell]).sum();
        let rows = self.similarities.chunks_exact(SIDE * SIDE);
        let count = rows.len();
        let back = rows.map(|row| other.cells.iter().map(|cell| row[*cell]).fold(-1.0, f32::max));
        (mean(there, other.cells.len()) + mean(back.sum(), count)) / 2.0
    }
}

/// Returns the cells that a region covers by more than half, or the one that it covers most.
fn cells_of(region: &Region) -> Vec<usize> {
    let mut counts = vec![0_usize; SIDE * SIDE];
    for place in region.places() {
        counts[place / MASK_SIDE / PIXELS * SIDE + place % MASK_SIDE / PIXELS] += 1;
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
