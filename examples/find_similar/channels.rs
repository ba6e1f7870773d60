//! Pixel features: edges by direction, lightness, hue, and rarity of the hue in the frame.

use std::f64::consts::PI;

use agent_runtime::media::RgbImage;
use agent_runtime::prelude::*;

/// Number of edge directions.
const DIRECTIONS: usize = 6;
/// Features per pixel: edges of each direction, edges of any direction, lightness, two of hue, and rarity.
pub(super) const CHANNELS: usize = DIRECTIONS + 5;
/// Channel of the edges of any direction.
pub(super) const ANY_EDGE: usize = DIRECTIONS;
/// Weights of the channels. Hue has a small weight, because equal objects may have different colours.
pub(super) const WEIGHTS: [f64; CHANNELS] = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.25, 0.25, 0.25, 1.0];
/// Noise level of edges, relative to the range of brightness.
const NOISE: f64 = 0.03;

/// Returns lightness and hue of a pixel. Hue is red–green and yellow–blue, relative to the lightness.
fn colour(pixel: [u8; 3]) -> [f64; 3] {
    let [red, green, blue] = pixel.map(|value| f64::from(value) / 255.0);
    let light = (red + green + blue) / 3.0;
    [light, (red - green) / (light + 0.15), ((red + green) / 2.0 - blue) / (light + 0.15)]
}

/// Mean and standard deviation of a frame's colours.
pub(super) struct Palette {
    mean: [f64; 3],
    deviation: [f64; 3],
}

impl Palette {
    pub(super) fn from_image(image: &RgbImage) -> Self {
        let (mut count, mut sums, mut squares) = (0.0, [0.0; 3], [0.0; 3]);
        for pixel in image.pixels() {
            count += 1.0;
            for (part, value) in colour(pixel.0).into_iter().enumerate() {
                sums[part] += value;
                squares[part] += value * value;
            }
        }
        let mean = sums.map(|sum| sum / count);
        let variance = |part: usize| (squares[part] / count - mean[part] * mean[part]).max(0.0) + 1e-4;
        Self { mean, deviation: [0, 1, 2].map(|part| variance(part).sqrt()) }
    }

    /// Returns the distance of the hue from the mean, in standard deviations, up to 4.
    fn rarity(&self, [_, red, yellow]: [f64; 3]) -> f64 {
        let red = (red - self.mean[1]) / self.deviation[1];
        let yellow = (yellow - self.mean[2]) / self.deviation[2];
        red.hypot(yellow).min(4.0)
    }
}

/// The channels of an image as summed-area tables, which give the mean over any box in constant time.
pub(super) struct Channels {
    width: usize,
    height: usize,
    /// Sum of all pixels above row `y` and left of column `x`.
    sums: Vec<[f64; CHANNELS]>,
}

impl Channels {
    /// Computes the channels. Edges are normalized by the mean within `reach` pixels, so that soft edges in shadow
    /// count too.
    pub(super) fn from_image(image: &RgbImage, palette: &Palette, reach: usize) -> Self {
        let (width, height) = (image.width() as usize, image.height() as usize);
        let mut pixels = vec![[0.0; CHANNELS]; width * height];
        let rows = image.as_raw().as_chunks::<3>().0;
        for (y, row) in pixels.chunks_exact_mut(width.max(1)).enumerate() {
            for (x, channels) in row.iter_mut().enumerate() {
                let at = |x: usize, y: usize| rows[y * width + x];
                let across = (at(x.saturating_sub(1), y), at((x + 1).min(width - 1), y));
                let along = (at(x, y.saturating_sub(1)), at(x, (y + 1).min(height - 1)));
                edges(channels, across, along);
                let colour @ [light, red, yellow] = colour(at(x, y));
                channels[ANY_EDGE + 1..].copy_from_slice(&[light, red, yellow, palette.rarity(colour)]);
            }
        }
        let near = Self::summed(width, height, &pixels);
        for (y, row) in pixels.chunks_exact_mut(width.max(1)).enumerate() {
            let (top, bottom) = (y.saturating_sub(reach), (y + reach + 1).min(height));
            for (x, channels) in row.iter_mut().enumerate() {
                let (left, right) = (x.saturating_sub(reach), (x + reach + 1).min(width));
                let usual = near.mean([left, top, right, bottom])[ANY_EDGE] + NOISE;
                for edge in &mut channels[..=ANY_EDGE] {
                    *edge /= usual;
                }
            }
        }
        Self::summed(width, height, &pixels)
    }

    fn summed(width: usize, height: usize, pixels: &[[f64; CHANNELS]]) -> Self {
        let stride = width + 1;
        let mut sums = vec![[0.0; CHANNELS]; stride * (height + 1)];
        for (y, row) in pixels.chunks_exact(width.max(1)).enumerate() {
            let mut of_row = [0.0; CHANNELS];
            for (x, channels) in row.iter().enumerate() {
                let above = sums[y * stride + x + 1];
                for (channel, sum) in of_row.iter_mut().enumerate() {
                    *sum += channels[channel];
                    sums[(y + 1) * stride + x + 1][channel] = above[channel] + *sum;
                }
            }
        }
        Self { width, height, sums }
    }

    /// Returns the means over a box of pixels: left, top, right and bottom. The latter two are exclusive.
    fn mean(&self, [left, top, right, bottom]: [usize; 4]) -> [f64; CHANNELS] {
        let at = |x: usize, y: usize| &self.sums[y * (self.width + 1) + x];
        let (all, above, before, both) = (at(right, bottom), at(right, top), at(left, bottom), at(left, top));
        let part = 1.0 / whole_number((right - left) * (bottom - top));
        std::array::from_fn(|channel| (all[channel] - above[channel] - before[channel] + both[channel]) * part)
    }

    /// Returns the means in each cell of a grid over a window in pixels. The window may exceed the image, whose edge
    /// pixels are then repeated.
    pub(super) fn cells<const SIDE: usize>(&self, window: &BoundingBox) -> impl Iterator<Item = [f64; CHANNELS]> {
        let spans = |first: f64, length: f64, end: usize| -> [(usize, usize); SIDE] {
            let step = length / whole_number(SIDE);
            std::array::from_fn(|cell| {
                let edge = |cell| pixel(first + step * whole_number(cell)).min(end);
                let (from, to) = (edge(cell), edge(cell + 1));
                if from < to { (from, to) } else { (from.min(end - 1), from.min(end - 1) + 1) }
            })
        };
        let columns = spans(window.x, window.width, self.width);
        let rows = spans(window.y, window.height, self.height);
        rows.into_iter().flat_map(move |(top, bottom)| {
            columns.into_iter().map(move |(left, right)| self.mean([left, top, right, bottom]))
        })
    }

    pub(super) fn size(&self) -> (f64, f64) {
        (whole_number(self.width), whole_number(self.height))
    }
}

/// Computes the edges at a pixel from its horizontal and vertical neighbours. The colour with the largest change
/// counts.
fn edges(channels: &mut [f64; CHANNELS], across: ([u8; 3], [u8; 3]), along: ([u8; 3], [u8; 3])) {
    let change = |(from, to): ([u8; 3], [u8; 3]), part| (f64::from(to[part]) - f64::from(from[part])) / 255.0;
    let steepest = [0, 1, 2].map(|part: usize| (change(across, part), change(along, part)));
    let square = |(x, y): (f64, f64)| x * x + y * y;
    let (x, y) = steepest.into_iter().fold((0.0, 0.0), |best, new| if square(new) > square(best) { new } else { best });
    let strength = x.hypot(y);
    // Edges from dark to light and from light to dark are the same.
    let turned = y.atan2(x).rem_euclid(PI) / PI * whole_number(DIRECTIONS);
    let (first, share) = (pixel(turned) % DIRECTIONS, turned.fract());
    channels[first] += strength * (1.0 - share);
    channels[(first + 1) % DIRECTIONS] += strength * share;
    channels[ANY_EDGE] = strength;
}

#[expect(clippy::cast_precision_loss, reason = "a frame has no 2^52 pixels")]
pub(super) fn whole_number(number: usize) -> f64 {
    number as f64
}

/// Returns the pixel at a position, or the first pixel for negative positions.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` ends at the limits of the type")]
pub(super) fn pixel(place: f64) -> usize {
    place as usize
}
