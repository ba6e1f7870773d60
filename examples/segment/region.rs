//! Regions around boxes, and masks of the objects in them.

use agent_runtime::media::{PixelBox, RgbImage};
use agent_runtime::prelude::*;

/// Components smaller than the largest one by this factor are specks, which are removed.
const SPECK: usize = 10;
/// Holes smaller than the object by this factor are filled.
const HOLE: usize = 50;

/// A mask, row by row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Mask {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) inside: Vec<bool>,
}

/// A box with a margin.
pub(crate) struct Region {
    /// Pixels of the region in the frame.
    pub(crate) pixels: PixelBox,
    /// Edges of the box relative to the region, in pixels: left, top, right, bottom.
    pub(crate) within: [f64; 4],
    frame: (u32, u32),
}

impl Region {
    /// Creates a region with a margin of `part` of the box's sides, clipped to the image.
    pub(crate) fn around(image: &RgbImage, shape: &BoundingBox, part: f64) -> Result<Self> {
        let (width, height) = image.dimensions();
        let inner = PixelBox::from_bounding_box(shape, width, height).or_complain("The box is outside the image.")?;
        ensure!(inner.width.min(inner.height) >= 4, "The box is too small to find an object in it.");
        let wider = |first: u32, length: u32, end: u32| {
            let more = pixel((f64::from(length) * part).ceil()).max(4);
            let from = first.saturating_sub(more);
            (from, (first + length).saturating_add(more).min(end) - from)
        };
        let ((x, wide), (y, high)) = (wider(inner.x, inner.width, width), wider(inner.y, inner.height, height));
        let (left, top) = (f64::from(inner.x - x), f64::from(inner.y - y));
        let within = [left, top, left + f64::from(inner.width), top + f64::from(inner.height)];
        Ok(Self { pixels: PixelBox { x, y, width: wide, height: high }, within, frame: (width, height) })
    }

    /// Converts to a mask of the whole frame, without specks and small holes.
    pub(crate) fn with(&self, mut mask: Mask) -> Result<Bitmask> {
        mask.tidy();
        let least = (self.within[2] - self.within[0]) * (self.within[3] - self.within[1]) / 50.0;
        let area = mask.inside.iter().filter(|inside| **inside).count();
        ensure!(area > pixel(least) as usize, "No object in the box stands out from its surroundings.");
        let (width, height) = self.frame;
        let mut pixels = vec![0; width as usize * height as usize];
        let rows = pixels.chunks_exact_mut(width as usize).skip(self.pixels.y as usize);
        for (row, inside) in rows.zip(mask.inside.chunks_exact(mask.width as usize)) {
            for (pixel, inside) in row.iter_mut().skip(self.pixels.x as usize).zip(inside) {
                *pixel = u8::from(*inside);
            }
        }
        Ok(Bitmask::from_rows(width.into(), height.into(), &pixels)?)
    }
}

impl Mask {
    /// Resizes the mask with bilinear interpolation and a threshold of 0.5.
    pub(crate) fn resized(&self, width: u32, height: u32) -> Self {
        if (width, height) == (self.width, self.height) {
            return self.clone();
        }
        let near = |at: u32, length: u32, own: u32| {
            let place = (f64::from(at) + 0.5) * f64::from(own) / f64::from(length) - 0.5;
            let place = place.clamp(0.0, f64::from(own - 1));
            (pixel(place), (pixel(place) + 1).min(own - 1), place.fract())
        };
        let share = |x, y| f64::from(u8::from(self.at(x, y)));
        let of = |(x, y): (u32, u32)| {
            let ((left, right, across), (top, bottom, down)) =
                (near(x, width, self.width), near(y, height, self.height));
            let above = share(left, top) * (1.0 - across) + share(right, top) * across;
            let below = share(left, bottom) * (1.0 - across) + share(right, bottom) * across;
            above * (1.0 - down) + below * down >= 0.5
        };
        let inside = (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).map(of).collect();
        Self { width, height, inside }
    }

    /// Returns the value of all pixels within `reach` along the axes and diagonals; `None` if they differ.
    pub(crate) fn only(&self, x: u32, y: u32, reach: u32) -> Option<bool> {
        let side = self.at(x, y);
        let (left, right) = (x.saturating_sub(reach), (x + reach).min(self.width - 1));
        let (top, bottom) = (y.saturating_sub(reach), (y + reach).min(self.height - 1));
        let around =
            [(left, y), (right, y), (x, top), (x, bottom), (left, top), (right, top), (left, bottom), (right, bottom)];
        around.iter().all(|(x, y)| self.at(*x, *y) == side).then_some(side)
    }

    /// Returns whether the mask reaches every side of a box, within a tolerance of `part` of the box's sides.
    pub(crate) fn reaches(&self, [left, top, right, bottom]: &[f64; 4], part: f64) -> bool {
        let (across, down) = ((right - left) * part, (bottom - top) * part);
        let all = (0..self.height).flat_map(|y| (0..self.width).map(move |x| (x, y))).filter(|(x, y)| self.at(*x, *y));
        let mut reached = [false; 4];
        for (x, y) in all.map(|(x, y)| (f64::from(x), f64::from(y))) {
            let close = [x <= left + across, y <= top + down, x + 1.0 >= right - across, y + 1.0 >= bottom - down];
            reached.iter_mut().zip(close).for_each(|(reached, close)| *reached |= close);
        }
        reached == [true; 4]
    }

    fn at(&self, x: u32, y: u32) -> bool {
        self.inside[y as usize * self.width as usize + x as usize]
    }

    /// Removes specks and fills small holes.
    fn tidy(&mut self) {
        let parts = self.parts(true);
        let largest = parts.iter().map(Vec::len).max().unwrap_or(0);
        for speck in parts.iter().filter(|part| part.len() * SPECK < largest) {
            speck.iter().for_each(|pixel| self.inside[*pixel] = false);
        }
        let area = self.inside.iter().filter(|inside| **inside).count();
        for hole in self.parts(false).iter().filter(|part| part.len() * HOLE < area) {
            hole.iter().for_each(|pixel| self.inside[*pixel] = true);
        }
    }

    /// Returns the connected components of the inside or the outside.
    fn parts(&self, inside: bool) -> Vec<Vec<usize>> {
        let (width, height) = (self.width as usize, self.height as usize);
        let mut seen: Vec<bool> = self.inside.iter().map(|other| *other != inside).collect();
        let mut parts = Vec::new();
        for start in 0..seen.len() {
            let (mut part, mut next) = (Vec::new(), vec![start]);
            while let Some(pixel) = next.pop() {
                if std::mem::replace(&mut seen[pixel], true) {
                    continue;
                }
                part.push(pixel);
                let (x, y) = (pixel % width, pixel / width);
                next.extend((x > 0).then(|| pixel - 1));
                next.extend((x + 1 < width).then(|| pixel + 1));
                next.extend((y > 0).then(|| pixel - width));
                next.extend((y + 1 < height).then(|| pixel + width));
            }
            if !part.is_empty() {
                parts.push(part);
            }
        }
        parts
    }
}

/// Converts to pixels, rounding down.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` ends at the limits of the type")]
pub(crate) fn pixel(number: f64) -> u32 {
    number as u32
}
