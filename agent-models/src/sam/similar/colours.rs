//! Colours of objects.

use super::super::numbers::real;
use super::super::segmenter::Embedding;
use super::region::Region;

/// Differences of the mean and of the deviation that are ignored, and their weights beyond.
const MEAN: (f32, f32) = (0.12, 0.6);
const DEVIATION: (f32, f32) = (0.03, 1.0);
/// White of CIE D65.
const WHITE: [f32; 3] = [0.950_47, 1.0, 1.088_83];

/// The colours of an image on the grid of masks, in CIELAB.
pub(super) struct ColourGrid(Vec<[f32; 3]>);

impl ColourGrid {
    pub(super) fn new(embedding: &Embedding) -> Self {
        let linear: Vec<f32> = (0..=255_u8).map(|value| linear(f32::from(value) / 255.0)).collect();
        let lab = |pixel: &[u8; 3]| lab(pixel.map(|value| linear[usize::from(value)]));
        Self(embedding.colours().iter().map(lab).collect())
    }

    /// Returns the colours of an object.
    pub(super) fn of(&self, region: &Region) -> Colours {
        let (mut sum, mut squares) = ([0.0; 3], [0.0; 3]);
        for place in region.places() {
            for (channel, value) in self.0[place].into_iter().enumerate() {
                sum[channel] += value;
                squares[channel] += value * value;
            }
        }
        let count = real(region.area().max(1));
        let mean = sum.map(|sum| sum / count);
        let deviation =
            [0, 1, 2].map(|channel| (squares[channel] / count - mean[channel] * mean[channel]).max(0.0).sqrt());
        Colours { mean, deviation }
    }
}

/// Mean and standard deviation of the colours of an object.
pub(super) struct Colours {
    mean: [f32; 3],
    deviation: [f32; 3],
}

impl Colours {
    /// Returns the reduction of the similarity for different colours. Small differences are ignored: coins of silver and
    /// of bronze are coins.
    pub(super) fn penalty(&self, other: &Self) -> f32 {
        let beyond = |difference: f32, (ignored, weight): (f32, f32)| (difference - ignored).max(0.0) * weight;
        beyond(distance(self.mean, other.mean), MEAN) + beyond(distance(self.deviation, other.deviation), DEVIATION)
    }
}

fn distance(one: [f32; 3], other: [f32; 3]) -> f32 {
    one.iter().zip(other).map(|(one, other)| (one - other).powi(2)).sum::<f32>().sqrt()
}

/// Removes the gamma correction of sRGB.
fn linear(value: f32) -> f32 {
    if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

/// Converts linear colours to CIELAB, whose lightness is scaled to 0 to 1 and whose other axes are scaled to ±0.5.
fn lab([red, green, blue]: [f32; 3]) -> [f32; 3] {
    let xyz = [
        0.412_453 * red + 0.357_58 * green + 0.180_423 * blue,
        0.212_671 * red + 0.715_16 * green + 0.072_169 * blue,
        0.019_334 * red + 0.119_193 * green + 0.950_227 * blue,
    ];
    let curve = |value: f32| if value > 0.008_856 { value.cbrt() } else { 7.787 * value + 16.0 / 116.0 };
    let [x, y, z] = [0, 1, 2].map(|axis| curve(xyz[axis] / WHITE[axis]));
    [1.16 * y - 0.16, 500.0 * (x - y) / 255.0, 200.0 * (y - z) / 255.0]
}
