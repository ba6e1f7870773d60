//! Fitting an image to a model's input size, and mapping the model's output back.

use image::imageops::{FilterType, replace, resize as resampled};
use image::{Rgb, RgbImage};

use super::error::FitError;
use super::pixel_box::pixel;
use crate::labels::BoundingBox;

/// Maximum side length, in pixels. No model takes more, and a mistaken size must not exhaust the memory.
const MAX_SIDE: u32 = 32_768;
/// Maximum number of pixels.
const MAX_PIXELS: u64 = 1 << 28;

/// An image in a model's input size.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitted {
    /// The fitted image.
    pub image: RgbImage,
    /// The placement of the original in the fitted image. It maps the model's output back.
    pub placement: Placement,
}

/// Position and size of an original image within a fitted one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placement {
    /// The column of the left edge.
    pub left: u32,
    /// The row of the upper edge.
    pub top: u32,
    /// The number of columns.
    pub width: u32,
    /// The number of rows.
    pub height: u32,
}

impl Placement {
    /// Maps a point of the fitted image, in pixels from its upper left corner, to relative coordinates of the original.
    /// They range from 0 to 1 within the original; points in the bars of a letterbox are outside that range.
    #[must_use]
    pub fn to_source(&self, x: f64, y: f64) -> (f64, f64) {
        let relative = |at: f64, first: u32, length: u32| (at - f64::from(first)) / f64::from(length);
        (relative(x, self.left, self.width), relative(y, self.top, self.height))
    }

    /// Maps a box of the fitted image, in pixels, to relative coordinates of the original. The box is clipped to the
    /// original.
    #[must_use]
    pub fn box_to_source(&self, x: f64, y: f64, width: f64, height: f64) -> BoundingBox {
        let (left, top) = self.to_source(x, y);
        let (right, bottom) = self.to_source(x + width, y + height);
        let [left, top, right, bottom] = [left, top, right, bottom].map(|edge| edge.clamp(0.0, 1.0));
        BoundingBox { x: left, y: top, width: right - left, height: bottom - top }
    }

    /// Maps a point in relative coordinates of the original to pixels of the fitted image.
    #[must_use]
    pub fn from_source(&self, x: f64, y: f64) -> (f64, f64) {
        let place = |at: f64, first: u32, length: u32| f64::from(first) + at * f64::from(length);
        (place(x, self.left, self.width), place(y, self.top, self.height))
    }
}

/// Stretches an image to this size in pixels. Downscaling averages; upscaling interpolates.
///
/// # Errors
/// A size is zero or too large.
pub fn resize(image: &RgbImage, width: u32, height: u32) -> Result<Fitted, FitError> {
    check(image, width, height)?;
    let placement = Placement { left: 0, top: 0, width, height };
    Ok(Fitted { image: stretched(image, width, height), placement })
}

/// Scales an image to fit into this size in pixels, keeping its aspect ratio, and centres it between bars of one
/// colour.
///
/// # Errors
/// A size is zero or too large.
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
    if width.max(height) > MAX_SIDE || u64::from(width) * u64::from(height) > MAX_PIXELS {
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
