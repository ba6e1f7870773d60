//! Straightening of rotated boxes.

use image::{Rgb, RgbImage};

use super::crop::Croppable;
use super::error::CropError;
use super::pixel_box::pixel;
use crate::labels::RotatableBoundingBox;

/// Maximum ratio between the pixels of a straightened box and of the image. The box size comes from a label row and is
/// not bounded by a file.
const MAX_PIXEL_RATIO: u64 = 16;

/// Crops an image to a rotated box and rotates the crop upright, with bilinear interpolation. Parts of the box outside
/// the image are black.
///
/// # Errors
/// The box covers no pixel of the image, or is far larger than the image.
pub fn straightened(image: &RgbImage, turned: &RotatableBoundingBox) -> Result<RgbImage, CropError> {
    turned.pixels(image.width(), image.height())?;
    let (wide, high) = (turned.width * f64::from(image.width()), turned.height * f64::from(image.height()));
    let (columns, rows) = (pixel((wide + 0.5).floor()), pixel((high + 0.5).floor()));
    if columns == 0 || rows == 0 {
        return Err(CropError::NoPixel);
    }
    let pixels = u64::from(image.width()) * u64::from(image.height());
    if u64::from(columns) * u64::from(rows) > pixels * MAX_PIXEL_RATIO {
        return Err(CropError::TooLarge);
    }
    let (sin, cos) = turned.theta.to_radians().sin_cos();
    let centre_x = turned.x * f64::from(image.width()) + wide / 2.0;
    let centre_y = turned.y * f64::from(image.height()) + high / 2.0;
    let (step_x, step_y) = (wide / f64::from(columns), high / f64::from(rows));
    Ok(RgbImage::from_fn(columns, rows, |column, row| {
        let x = (f64::from(column) + 0.5) * step_x - wide / 2.0;
        let y = (f64::from(row) + 0.5) * step_y - high / 2.0;
        sample(image, centre_x + x * cos - y * sin, centre_y + x * sin + y * cos)
    }))
}

/// Interpolates the colour at a point. At a pixel's centre it is the pixel's own colour.
fn sample(image: &RgbImage, x: f64, y: f64) -> Rgb<u8> {
    if x < 0.0 || y < 0.0 || x >= f64::from(image.width()) || y >= f64::from(image.height()) {
        return super::BLACK;
    }
    let (x, y) = ((x - 0.5).max(0.0), (y - 0.5).max(0.0));
    let (left, top) = (pixel(x), pixel(y));
    let (right, bottom) = ((left + 1).min(image.width() - 1), (top + 1).min(image.height() - 1));
    let (across, down) = (x - f64::from(left), y - f64::from(top));
    let corners = [(left, top), (right, top), (left, bottom), (right, bottom)].map(|(x, y)| image.get_pixel(x, y).0);
    let weights = [(1.0 - across) * (1.0 - down), across * (1.0 - down), (1.0 - across) * down, across * down];
    Rgb([0, 1, 2].map(|channel| {
        let mixed: f64 = corners.iter().zip(weights).map(|(corner, weight)| f64::from(corner[channel]) * weight).sum();
        shade(mixed)
    }))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates")]
fn shade(mixed: f64) -> u8 {
    mixed.round() as u8
}
