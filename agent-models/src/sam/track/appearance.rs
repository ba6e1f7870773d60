//! The appearance of an object: encoder features, colour and area inside its mask.

use std::cmp::Ordering;

use agent_platform::labels::{BoundingBox, Point};
use agent_platform::media::RgbImage;

use crate::sam::encoder::CHANNELS;
use crate::sam::mask::Mask;
use crate::sam::numbers::{index, real};
use crate::sam::prompt_encoder::SIDE;
use crate::sam::segmenter::Embedding;

/// Pixels of a mask per pixel of the embedding, along one axis.
const MASK_PIXELS: usize = 4;
/// Distance between peaks of the similarity, in pixels of the embedding.
const PEAK_DISTANCE: usize = 2;
/// Similarity that a place at the limit of the search loses.
const FAR_PENALTY: f64 = 0.1;

/// The appearance of an object on a frame.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Appearance {
    /// Mean feature, of length 1.
    feature: Vec<f32>,
    /// Mean colour: red, green and blue, 0 to 1.
    colour: [f32; 3],
    /// Pixels of the mask.
    pub(super) area: f32,
}

impl Appearance {
    /// Measures the object in a mask. `None` if the mask is empty.
    pub(super) fn measure(image: &RgbImage, embedding: &Embedding, mask: &Mask) -> Option<Self> {
        let [columns, rows] = mask.covered();
        let source = |at: usize, length: usize, pixels: u32| {
            u32::try_from((2 * at + 1) * pixels as usize / (2 * length)).unwrap_or(0).min(pixels.saturating_sub(1))
        };
        let mut weights = vec![0.0_f32; SIDE * SIDE];
        let (mut colour, mut area) = ([0.0; 3], 0.0);
        for (place, _) in mask.bits().enumerate().filter(|(_, inside)| *inside) {
            let (x, y) = (place % columns, place / columns);
            weights[y / MASK_PIXELS * SIDE + x / MASK_PIXELS] += 1.0;
            let pixel = image.get_pixel(source(x, columns, image.width()), source(y, rows, image.height()));
            colour.iter_mut().zip(pixel.0).for_each(|(sum, value)| *sum += f32::from(value) / 255.0);
            area += 1.0;
        }
        let mut feature = vec![0.0; CHANNELS];
        let pixels = embedding.features().chunks_exact(CHANNELS).zip(&weights);
        for (pixel, weight) in pixels.filter(|(_, weight)| **weight > 0.0) {
            feature.iter_mut().zip(pixel).for_each(|(sum, value)| *sum += value * weight);
        }
        normalise(&mut feature);
        (area > 0.0).then(|| Self { feature, colour: colour.map(|sum| sum / area), area })
    }

    /// Returns the cosine of the angle between the mean features.
    pub(super) fn similarity(&self, other: &Self) -> f32 {
        self.feature.iter().zip(&other.feature).map(|(one, other)| one * other).sum()
    }

    /// Returns the distance between the mean colours: 0 to 1.7.
    pub(super) fn colour_distance(&self, other: &Self) -> f32 {
        self.colour.iter().zip(other.colour).map(|(one, other)| (one - other).powi(2)).sum::<f32>().sqrt()
    }

    /// Moves this appearance towards another one.
    pub(super) fn learn(&mut self, other: &Self, rate: f32) {
        let mix = |one: &mut f32, other: f32| *one += (other - *one) * rate;
        self.feature.iter_mut().zip(&other.feature).for_each(|(one, other)| mix(one, *other));
        normalise(&mut self.feature);
        self.colour.iter_mut().zip(other.colour).for_each(|(one, other)| mix(one, other));
        mix(&mut self.area, other.area);
    }

    /// Compares the appearance with each pixel of an embedding.
    pub(super) fn similarities(&self, embedding: &Embedding) -> SimilarityMap {
        let [columns, rows] = embedding.extent().map(|part| index((part * real(SIDE)).round()).clamp(1, SIDE));
        let similarity = |pixel: &[f32]| {
            let (mut product, mut square) = (0.0, f32::EPSILON);
            for (one, other) in pixel.iter().zip(&self.feature) {
                product += one * other;
                square += one * one;
            }
            product / square.sqrt()
        };
        let lines = embedding.features().chunks_exact(SIDE * CHANNELS).take(rows);
        let pixels = lines.flat_map(|line| line.chunks_exact(CHANNELS).take(columns));
        SimilarityMap { columns, rows, values: pixels.map(similarity).collect() }
    }
}

/// The similarity of an object with each pixel of an embedding.
pub(super) struct SimilarityMap {
    columns: usize,
    rows: usize,
    values: Vec<f32>,
}

impl SimilarityMap {
    /// Returns the highest local maxima, the best first, in relative coordinates.
    pub(super) fn peaks(&self, count: usize) -> Vec<Point> {
        let near = |at: usize, length: usize| at.saturating_sub(PEAK_DISTANCE)..(at + PEAK_DISTANCE + 1).min(length);
        let is_peak = |place: &usize| {
            let (x, y) = (place % self.columns, place / self.columns);
            let mut around = near(y, self.rows).flat_map(|y| near(x, self.columns).map(move |x| y * self.columns + x));
            // Of equal neighbours, the first is the peak.
            around.all(|other| match self.values[other].total_cmp(&self.values[*place]) {
                Ordering::Less => true,
                Ordering::Equal => other >= *place,
                Ordering::Greater => false,
            })
        };
        let mut peaks: Vec<usize> = (0..self.values.len()).filter(is_peak).collect();
        peaks.sort_by(|one, other| self.values[*other].total_cmp(&self.values[*one]));
        let relative = |at: usize, length: usize| f64::from(real(at) + 0.5) / f64::from(real(length));
        let point = |place: usize| {
            Point::new(relative(place % self.columns, self.columns), relative(place / self.columns, self.rows))
        };
        peaks.into_iter().take(count).map(point).collect()
    }

    /// Moves a box to where its pixels are most similar, within `reach` sizes of the box. Far places count less.
    pub(super) fn align(&self, shape: &BoundingBox, reach: f64) -> BoundingBox {
        let step = [1.0 / f64::from(real(self.columns)), 1.0 / f64::from(real(self.rows))];
        let steps = [shape.width / step[0], shape.height / step[1]].map(|size| counted(size * reach).clamp(1, 32));
        let mut best = (f64::MIN, *shape);
        for down in -steps[1]..=steps[1] {
            for across in -steps[0]..=steps[0] {
                let (across, down) = (f64::from(across) * step[0], f64::from(down) * step[1]);
                let moved = BoundingBox { x: shape.x + across, y: shape.y + down, ..*shape };
                let distance = (across / shape.width).hypot(down / shape.height) / reach;
                let score = f64::from(self.mean(&moved)) - FAR_PENALTY * distance * distance;
                if score > best.0 {
                    best = (score, moved);
                }
            }
        }
        best.1
    }

    /// Returns the mean similarity of the pixels in a box. Pixels outside of the image count as 0.
    fn mean(&self, shape: &BoundingBox) -> f32 {
        let range = |from: f64, size: f64, length: usize| {
            let first = counted((from * f64::from(real(length))).round());
            first..first.max(counted(((from + size) * f64::from(real(length))).round()) - 1) + 1
        };
        let (across, down) = (range(shape.x, shape.width, self.columns), range(shape.y, shape.height, self.rows));
        let pixels = across.len() * down.len();
        let value = |x: i32, y: i32| {
            let (x, y) = (usize::try_from(x).ok()?, usize::try_from(y).ok()?);
            (x < self.columns && y < self.rows).then(|| self.values[y * self.columns + x])
        };
        let sum: f32 = down.flat_map(|y| across.clone().filter_map(move |x| value(x, y))).sum();
        sum / real(pixels.max(1))
    }
}

fn normalise(feature: &mut [f32]) {
    let length = feature.iter().map(|value| value * value).sum::<f32>().sqrt().max(f32::EPSILON);
    feature.iter_mut().for_each(|value| *value /= length);
}

/// Converts a number of pixels.
#[expect(clippy::cast_possible_truncation, reason = "`as` saturates")]
fn counted(number: f64) -> i32 {
    number as i32
}
