//! Masks of objects.

use std::fmt;

use agent_platform::labels::{Bitmask, BoundingBox, Point, RleError};
use agent_platform::media::Mask as DrawnMask;

use super::numbers::{index, real};

/// Pixels per side of the logits.
pub(super) const SIDE: usize = 256;
/// Absolute logit of the pixels of drawn masks.
const DRAWN: f32 = 10.0;
/// Offset of the logits for the stability.
const STABILITY_OFFSET: f32 = 1.0;

/// A mask of an object, as logits on a grid of 256×256 pixels.
///
/// The longer side of the image has 256 pixels. Pixels with a positive logit belong to the object.
#[derive(Clone, PartialEq)]
pub struct Mask {
    logits: Vec<f32>,
    quality: f32,
    /// Part of the grid that the image covers: width and height, 0 to 1.
    extent: [f32; 2],
}

impl Mask {
    pub(super) fn new(logits: Vec<f32>, quality: f32, extent: [f32; 2]) -> Self {
        Self { logits, quality, extent }
    }

    /// Creates a mask from drawn pixels, as a prompt.
    ///
    /// # Errors
    /// The run-length string is malformed.
    pub fn from_bitmask(bitmask: &Bitmask) -> Result<Self, RleError> {
        let pixels = bitmask.to_rows()?;
        let [width, height] = [bitmask.width(), bitmask.height()].map(|side| usize::try_from(side).unwrap_or(0));
        if width == 0 || height == 0 {
            return Err(RleError::Size);
        }
        Ok(Self::drawn(width, height, |x, y| pixels[y * width + x] != 0))
    }

    /// Creates a mask from the pixels of a shape in an image of this size, as a prompt.
    #[must_use]
    pub fn from_pixels(pixels: &DrawnMask, width: u32, height: u32) -> Self {
        let covered = pixels.pixels();
        let [left, top, columns] = [covered.x, covered.y, covered.width].map(|side| side as usize);
        Self::drawn(width.max(1) as usize, height.max(1) as usize, |x, y| {
            let at = x.checked_sub(left).filter(|x| *x < columns).zip(y.checked_sub(top));
            at.is_some_and(|(x, y)| pixels.inside().get(y * columns + x).is_some_and(|inside| *inside))
        })
    }

    /// Creates a mask from a function of the pixels in an image of this size.
    fn drawn(width: usize, height: usize, inside: impl Fn(usize, usize) -> bool) -> Self {
        let longer = real(width.max(height));
        let extent = [real(width) / longer, real(height) / longer];
        let source = |at: usize, part: f32, length: usize| {
            let at = (real(at) + 0.5) / (real(SIDE) * part) * real(length);
            index(at).min(length - 1)
        };
        let mut logits = vec![-DRAWN; SIDE * SIDE];
        let covered = extent.map(|part| index((part * real(SIDE)).ceil()).min(SIDE));
        for (y, row) in logits.chunks_exact_mut(SIDE).enumerate().take(covered[1]) {
            for (x, logit) in row.iter_mut().enumerate().take(covered[0]) {
                if inside(source(x, extent[0], width), source(y, extent[1], height)) {
                    *logit = DRAWN;
                }
            }
        }
        Self { logits, quality: 1.0, extent }
    }

    /// Creates a mask from a function of the relative coordinates in the image. `extent` is the part of the grid that the
    /// image covers.
    pub(super) fn sampled(extent: [f32; 2], logit: impl Fn(f64, f64) -> f32) -> Self {
        let mut logits = vec![-DRAWN; SIDE * SIDE];
        let at = |index: usize, part: f32| f64::from(((real(index) + 0.5) / (real(SIDE) * part)).min(1.0));
        let covered = extent.map(|part| index((part * real(SIDE)).ceil()).min(SIDE));
        for (y, row) in logits.chunks_exact_mut(SIDE).enumerate().take(covered[1]) {
            for (x, target) in row.iter_mut().enumerate().take(covered[0]) {
                *target = logit(at(x, extent[0]), at(y, extent[1]));
            }
        }
        Self { logits, quality: 1.0, extent }
    }

    /// Returns the logit at a point of the image, in relative coordinates, with bilinear interpolation.
    pub(super) fn logit_at(&self, x: f32, y: f32) -> f32 {
        let place = |at: f32, part: f32| {
            let at = (at * part * real(SIDE) - 0.5).clamp(0.0, real(SIDE - 1));
            (index(at), (index(at) + 1).min(SIDE - 1), at.fract())
        };
        let ((left, right, across), (above, below, down)) = (place(x, self.extent[0]), place(y, self.extent[1]));
        let row = |y: usize| self.logits[y * SIDE + left] * (1.0 - across) + self.logits[y * SIDE + right] * across;
        row(above) * (1.0 - down) + row(below) * down
    }

    /// Predicted intersection over union of the mask with the object. It can exceed 1.
    #[must_use]
    pub fn quality(&self) -> f32 {
        self.quality
    }

    /// The logits, row by row. The image covers the upper left part of the grid.
    #[must_use]
    pub fn logits(&self) -> &[f32] {
        &self.logits
    }

    /// Number of columns and rows of the logits that the image covers.
    #[must_use]
    pub fn covered(&self) -> [usize; 2] {
        self.extent.map(|part| index((part * real(SIDE)).round()).clamp(1, SIDE))
    }

    /// Returns for each pixel of the logits in the image, row by row, whether it belongs to the object.
    pub fn bits(&self) -> impl Iterator<Item = bool> + '_ {
        self.covered_logits().map(|logit| logit > 0.0)
    }

    /// Returns the number of pixels of the logits that belong to the object.
    #[must_use]
    pub fn area(&self) -> usize {
        self.bits().filter(|inside| *inside).count()
    }

    /// Returns the intersection over union with another mask of the same image.
    #[must_use]
    pub fn overlap(&self, other: &Self) -> f32 {
        let (mut both, mut either) = (0, 0);
        for (one, other) in self.bits().zip(other.bits()) {
            both += usize::from(one && other);
            either += usize::from(one || other);
        }
        if either == 0 { 0.0 } else { real(both) / real(either) }
    }

    /// Returns the stability of the mask: the intersection over union of the masks with a lower and a higher threshold.
    #[must_use]
    pub fn stability(&self) -> f32 {
        let count = |threshold: f32| real(self.covered_logits().filter(|logit| *logit > threshold).count());
        let larger = count(-STABILITY_OFFSET);
        if larger == 0.0 { 0.0 } else { count(STABILITY_OFFSET) / larger }
    }

    /// Returns whether a point of the image, in relative coordinates, is on the object.
    #[must_use]
    pub fn contains(&self, point: Point) -> bool {
        let [width, height] = self.covered();
        let place = |at: f64, length: usize| index(single(at) * real(length)).min(length - 1);
        self.logits[place(point.y, height) * SIDE + place(point.x, width)] > 0.0
    }

    /// Returns the box around the object, in relative coordinates. `None` for an empty mask.
    #[must_use]
    pub fn bounding_box(&self) -> Option<BoundingBox> {
        let [width, height] = self.covered();
        let (mut first, mut last) = ([usize::MAX; 2], [0; 2]);
        for (place, _) in self.bits().enumerate().filter(|(_, inside)| *inside) {
            for (axis, at) in [place % width, place / width].into_iter().enumerate() {
                first[axis] = first[axis].min(at);
                last[axis] = last[axis].max(at + 1);
            }
        }
        let relative = |at: usize, length: usize| f64::from(real(at)) / f64::from(real(length));
        (last[0] > 0).then(|| BoundingBox {
            x: relative(first[0], width),
            y: relative(first[1], height),
            width: relative(last[0] - first[0], width),
            height: relative(last[1] - first[1], height),
        })
    }

    /// Renders the mask in the image's size, in pixels, with bilinear interpolation. Returns one entry per pixel, row by
    /// row: `true` if it belongs to the object.
    #[must_use]
    pub fn render(&self, width: u32, height: u32) -> Vec<bool> {
        let place = |at: u32, length: u32, part: f32| {
            let at = (f64::from(at) + 0.5) / f64::from(length) * f64::from(part) * f64::from(real(SIDE)) - 0.5;
            let at = single(at).clamp(0.0, real(SIDE - 1));
            (index(at), (index(at) + 1).min(SIDE - 1), at.fract())
        };
        let columns: Vec<_> = (0..width).map(|x| place(x, width, self.extent[0])).collect();
        let mut row = [0.0; SIDE];
        let mut pixels = Vec::with_capacity(columns.len().saturating_mul(height as usize));
        for y in 0..height {
            let (above, below, down) = place(y, height, self.extent[1]);
            let (above, below) = (&self.logits[above * SIDE..][..SIDE], &self.logits[below * SIDE..][..SIDE]);
            for ((logit, above), below) in row.iter_mut().zip(above).zip(below) {
                *logit = above * (1.0 - down) + below * down;
            }
            pixels.extend(
                columns.iter().map(|(left, right, across)| row[*left] * (1.0 - across) + row[*right] * across > 0.0),
            );
        }
        pixels
    }

    /// Renders the mask in the image's size, in pixels, as a label.
    ///
    /// # Errors
    /// The size does not fit the memory.
    pub fn to_bitmask(&self, width: u32, height: u32) -> Result<Bitmask, RleError> {
        let pixels: Vec<u8> = self.render(width, height).into_iter().map(u8::from).collect();
        Bitmask::from_rows(width.into(), height.into(), &pixels)
    }

    /// Removes the pixels for which `keeps` returns `false` from the object. Their places are those of the logits.
    pub(super) fn retain(&mut self, keeps: impl Fn(usize) -> bool) {
        for (place, logit) in self.logits.iter_mut().enumerate() {
            if *logit > 0.0 && !keeps(place) {
                *logit = -*logit;
            }
        }
    }

    fn covered_logits(&self) -> impl Iterator<Item = f32> + '_ {
        let [width, height] = self.covered();
        self.logits.chunks_exact(SIDE).take(height).flat_map(move |row| row.iter().take(width).copied())
    }
}

impl fmt::Debug for Mask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let area = self.area();
        f.debug_struct("Mask").field("quality", &self.quality).field("area", &area).finish_non_exhaustive()
    }
}

#[expect(clippy::cast_possible_truncation, reason = "coordinates in pixels")]
fn single(number: f64) -> f32 {
    number as f32
}
