//! An image in the size that a model takes, and the way back.

use image::imageops::{FilterType, replace, resize as resampled};
use image::{Rgb, RgbImage};

use super::error::FitError;
use super::pixel_box::pixel;
use crate::labels::BoundingBox;

/// Sides are at most this long: no model takes more, and a mistaken size must not take all memory.
const LONGEST_SIDE: u32 = 32_768;
/// And both together make at most so many pixels.
const MOST_PIXELS: u64 = 1 << 28;

/// An image in the size that a model takes.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitted {
    /// The image.
    pub image: RgbImage,
    /// Where the original is in it: what a model finds is brought back with it.
    pub placement: Placement,
}

/// Where an original image lies in a fitted one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placement {
    /// The column of its left edge.
    pub left: u32,
    /// The row of its upper edge.
    pub top: u32,
    /// How many columns it takes.
    pub width: u32,
    /// How many rows it takes.
    pub height: u32,
}

impl Placement {
    /// A place in the fitted image, in pixels from its upper left corner, in relative coordinates of the original: 0 to 1
    /// within it, less or more in the bars of a letterbox.
    #[must_use]
    pub fn to_source(&self, x: f64, y: f64) -> (f64, f64) {
        let relative = |at: f64, first: u32, length: u32| (at - f64::from(first)) / f64::from(length);
        (relative(x, self.left, self.width), relative(y, self.top, self.height))
    }

    /// A box in the fitted image, in pixels, in relative coordinates of the original, cut off where the original ends.
    #[must_use]
    pub fn box_to_source(&self, x: f64, y: f64, width: f64, height: f64) -> BoundingBox {
        let (left, top) = self.to_source(x, y);
        let (right, bottom) = self.to_source(x + width, y + height);
        let [left, top, right, bottom] = [left, top, right, bottom].map(|edge| edge.clamp(0.0, 1.0));
        BoundingBox { x: left, y: top, width: right - left, height: bottom - top }
    }

    /// A place in relative coordinates of the original, in pixels of the fitted image.
    #[must_use]
    pub fn from_source(&self, x: f64, y: f64) -> (f64, f64) {
        let place = |at: f64, first: u32, length: u32| f64::from(first) + at * f64::from(length);
        (place(x, self.left, self.width), place(y, self.top, self.height))
    }
}

/// The image, stretched to this size in pixels: averaged where it gets smaller, interpolated where it gets larger.
///
/// # Errors
/// No pixels, or too many.
pub fn resize(image: &RgbImage, width: u32, height: u32) -> Result<Fitted, FitError> {
    check(image, width, height)?;
    let placement = Placement { left: 0, top: 0, width, height };
    Ok(Fitted { image: stretched(image, width, height), placement })
}

/// The image, as large as it fits into this size in pixels with its sides in proportion, in the middle, with bars of one
/// colour beside or above and below.
///
/// # Errors
/// No pixels, or too many.
pub fn letterbox(image: &RgbImage, width: u32, height: u32, fill: Rgb<u8>) -> Result<Fitted, FitError> {
    check(image, width, height)?;
    let (wide, high) = (f64::from(image.width()), f64::from(image.height()));
    let scale = (f64::from(width) / wide).min(f64::from(height) / high);
    let inner = |length: f64, most: u32| pixel((length * scale).round()).clamp(1, most);
    let (columns, rows) = (inner(wide, width), inner(high, height));
    let placement = Placement { left: (width - columns) / 2, top: (height - rows) / 2, width: columns, height: rows };
    let mut whole = RgbImage::from_pixel(width, height, fill);
    replace(&mut whole, &stretched(image, columns, rows), placement.left.into(), placement.top.into());
    Ok(Fitted { image: whole, placement })
}

fn check(image: &RgbImage, width: u32, height: u32) -> Result<(), FitError> {
    if [width, height, image.width(), image.height()].contains(&0) {
        return Err(FitError::Empty);
    }
    if width.max(height) > LONGEST_SIDE || u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(FitError::TooLarge);
    }
    Ok(())
}

fn stretched(image: &RgbImage, width: u32, height: u32) -> RgbImage {
    if image.dimensions() == (width, height) {
        return image.clone();
    }
    resampled(image, width, height, FilterType::Triangle)
}
