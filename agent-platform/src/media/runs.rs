//! The runs of a bitmask. They are used instead of pixels, because a mask may announce more pixels than fit into
//! memory.

use super::error::CropError;
use super::pixel_box::PixelBox;
use crate::labels::{Bitmask, BoundingBox, decode_runs};

/// The runs of set pixels of a mask, in row-major order.
pub(super) struct Runs {
    /// The index of the first pixel, and of the pixel after the last.
    inside: Vec<(u64, u64)>,
    width: u64,
    height: u64,
}

impl Runs {
    pub(super) fn from_mask(mask: &Bitmask) -> Result<Self, CropError> {
        let (width, height) = (mask.width(), mask.height());
        let pixels = width.checked_mul(height).filter(|pixels| *pixels > 0).ok_or(CropError::Malformed)?;
        let runs = decode_runs(mask.rle()).map_err(|_| CropError::Malformed)?;
        let (mut inside, mut end) = (Vec::with_capacity(runs.len() / 2), 0_u64);
        for (number, run) in runs.into_iter().enumerate() {
            let begin = end;
            end = begin.checked_add(run).filter(|end| *end <= pixels).ok_or(CropError::Malformed)?;
            if number % 2 == 1 && run > 0 {
                inside.push((begin, end));
            }
        }
        if inside.is_empty() { Err(CropError::EmptyMask) } else { Ok(Self { inside, width, height }) }
    }

    /// Returns the bounding box of the set pixels, in relative coordinates of the mask.
    pub(super) fn bounds(&self) -> BoundingBox {
        let (mut left, mut right) = (self.width, 0);
        for (begin, end) in &self.inside {
            let last = end - 1;
            if begin / self.width == last / self.width {
                (left, right) = (left.min(begin % self.width), right.max(last % self.width + 1));
            } else {
                // A run continues from the end of a row to the beginning of the next.
                (left, right) = (0, self.width);
            }
        }
        let top = self.inside.first().map_or(0, |(begin, _)| begin / self.width);
        let bottom = self.inside.last().map_or(0, |(_, end)| (end - 1) / self.width + 1);
        let (wide, high) = (number(self.width), number(self.height));
        BoundingBox {
            x: number(left) / wide,
            y: number(top) / high,
            width: number(right - left) / wide,
            height: number(bottom - top) / high,
        }
    }

    /// Sets the mask's pixels in one row of an image of this size.
    pub(super) fn fill(&self, pixels: &PixelBox, y: u32, row: &mut [bool], (width, height): (u32, u32)) {
        let first = scaled(y, height, self.height) * self.width;
        let mut next = self.inside.partition_point(|(_, end)| *end <= first);
        for (x, inside) in (pixels.x..).zip(row) {
            let at = first + scaled(x, width, self.width);
            while self.inside.get(next).is_some_and(|(_, end)| *end <= at) {
                next += 1;
            }
            *inside = self.inside.get(next).is_some_and(|(begin, _)| *begin <= at);
        }
    }
}

/// Returns the mask pixel under the centre of an image pixel.
fn scaled(at: u32, side: u32, mask_side: u64) -> u64 {
    let twice = u128::from(at) * 2 + 1;
    let under = twice * u128::from(mask_side) / (u128::from(side.max(1)) * 2);
    u64::try_from(under).unwrap_or(u64::MAX).min(mask_side - 1)
}

#[expect(clippy::cast_precision_loss, reason = "a side of a mask has no 2^52 pixels")]
fn number(pixels: u64) -> f64 {
    pixels as f64
}
