//! Points at which similar objects may be.

use agent_platform::labels::Point;

use super::super::mask::SIDE as MASK_SIDE;
use super::super::numbers::{index, real};
use super::super::prompt_encoder::SIDE;
use super::appearance::{Cells, Exemplar};
use super::region::Region;

/// Radius of the mean around a cell, relative to the side of the smallest exemplar.
const MEAN_RADIUS: f32 = 0.25;
/// Minimum distance of points, relative to the same side.
const MIN_DISTANCE: f32 = 0.45;
/// Minimum mean similarity around a point.
const MIN_SIMILARITY: f32 = 0.3;

/// The cells of an image in descending order of their similarity to the exemplars.
pub(super) struct Proposals {
    similarity: Vec<f32>,
    is_open: Vec<bool>,
    /// Minimum distance of points, in cells.
    distance: f32,
    extent: [f32; 2],
}

impl Proposals {
    pub(super) fn new(exemplars: &[Exemplar], cells: &Cells) -> Self {
        let mut nearest = vec![-1.0_f32; SIDE * SIDE];
        for exemplar in exemplars {
            nearest.iter_mut().zip(exemplar.nearest()).for_each(|(most, similarity)| *most = most.max(*similarity));
        }
        let smallest = exemplars.iter().map(|exemplar| exemplar.region().area()).min().unwrap_or(0);
        let side = real(smallest).sqrt() * real(SIDE) / real(MASK_SIDE);
        let similarity = smooth(&nearest, index((side * MEAN_RADIUS).round()), cells.covered);
        let mut proposals = Self {
            is_open: similarity.iter().map(|similarity| *similarity >= MIN_SIMILARITY).collect(),
            similarity,
            distance: (side * MIN_DISTANCE).max(1.0),
            extent: cells.extent,
        };
        exemplars.iter().for_each(|exemplar| proposals.cover(exemplar.region()));
        proposals
    }

    /// Returns the next points, at most `count`, and closes the cells around them.
    pub(super) fn next(&mut self, count: usize) -> Vec<Point> {
        let mut points = Vec::new();
        while points.len() < count {
            let open = (0..self.is_open.len()).filter(|cell| self.is_open[*cell]);
            let best = open.max_by(|one, other| self.similarity[*one].total_cmp(&self.similarity[*other]));
            let Some(best) = best else { break };
            let (x, y) = (best % SIDE, best / SIDE);
            self.close_around(x, y);
            let place = |at: usize, part: f32| f64::from((real(at) + 0.5) / real(SIDE) / part).min(1.0);
            points.push(Point::new(place(x, self.extent[0]), place(y, self.extent[1])));
        }
        points
    }

    /// Closes the cells of an object that was found.
    pub(super) fn cover(&mut self, region: &Region) {
        let pixels = MASK_SIDE / SIDE;
        for (cell, is_open) in self.is_open.iter_mut().enumerate() {
            let (x, y) = (cell % SIDE * pixels + pixels / 2, cell / SIDE * pixels + pixels / 2);
            *is_open &= !region.contains(y * MASK_SIDE + x);
        }
    }

    fn close_around(&mut self, x: usize, y: usize) {
        for (cell, is_open) in self.is_open.iter_mut().enumerate() {
            let (across, down) = ((cell % SIDE).abs_diff(x), (cell / SIDE).abs_diff(y));
            *is_open &= real(across * across + down * down).sqrt() > self.distance;
        }
    }
}

/// Returns the mean in a square around each cell. Cells outside the image have -1.
fn smooth(map: &[f32], radius: usize, [width, height]: [usize; 2]) -> Vec<f32> {
    let mut smoothed = vec![-1.0; SIDE * SIDE];
    for (x, y) in (0..height).flat_map(|y| (0..width).map(move |x| (x, y))) {
        let (left, right) = (x.saturating_sub(radius), (x + radius + 1).min(width));
        let (top, bottom) = (y.saturating_sub(radius), (y + radius + 1).min(height));
        let sum: f32 = (top..bottom).map(|y| map[y * SIDE + left..y * SIDE + right].iter().sum::<f32>()).sum();
        smoothed[y * SIDE + x] = sum / real((right - left) * (bottom - top));
    }
    smoothed
}
