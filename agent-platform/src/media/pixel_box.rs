//! Boxes of whole pixels.

use image::RgbImage;
use image::imageops::crop_imm;

use super::error::CropError;
use crate::labels::BoundingBox;

/// A non-empty box of whole pixels within an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PixelBox {
    /// The first column, from 0.
    pub x: u32,
    /// The first row, from 0.
    pub y: u32,
    /// The number of columns.
    pub width: u32,
    /// The number of rows.
    pub height: u32,
}

impl PixelBox {
    /// Converts a bounding box to pixels of an image of this size. Origin and size are rounded; the box is clipped to
    /// the image.
    ///
    /// # Errors
    /// The box lies outside of the image, or covers no whole pixel.
    pub fn from_bounding_box(shape: &BoundingBox, width: u32, height: u32) -> Result<Self, CropError> {
        let BoundingBox { x, y, width: wide, height: high } = *shape;
        if ![x, y, wide, high].iter().all(|number| number.is_finite()) || wide < 0.0 || high < 0.0 {
            return Err(CropError::Malformed);
        }
        let (left, columns) = span(x, wide, width)?;
        let (top, rows) = span(y, high, height)?;
        Ok(Self { x: left, y: top, width: columns, height: rows })
    }

    /// Crops an image to the box.
    #[must_use]
    pub fn cut(&self, image: &RgbImage) -> RgbImage {
        crop_imm(image, self.x, self.y, self.width, self.height).to_image()
    }

    /// Returns the box in relative coordinates of an image of this size.
    #[must_use]
    pub fn relative(&self, width: u32, height: u32) -> BoundingBox {
        let (wide, high) = (f64::from(width), f64::from(height));
        BoundingBox {
            x: f64::from(self.x) / wide,
            y: f64::from(self.y) / high,
            width: f64::from(self.width) / wide,
            height: f64::from(self.height) / high,
        }
    }

    /// Maps a box in relative coordinates of the crop, such as a model's detection, to relative coordinates of the
    /// whole image of this size.
    #[must_use]
    pub fn to_whole(&self, found: &BoundingBox, width: u32, height: u32) -> BoundingBox {
        let own = self.relative(width, height);
        BoundingBox {
            x: own.x + found.x * own.width,
            y: own.y + found.y * own.height,
            width: found.width * own.width,
            height: found.height * own.height,
        }
    }
}

/// Returns the first pixel and the number of pixels along one side.
fn span(first: f64, length: f64, side: u32) -> Result<(u32, u32), CropError> {
    let whole_side = f64::from(side);
    let from = (first * whole_side + 0.5).floor();
    let pixels = (length * whole_side + 0.5).floor();
    if pixels < 1.0 {
        return Err(CropError::NoPixel);
    }
    let to = (from + pixels).min(whole_side);
    let from = from.max(0.0);
    if from >= to { Err(CropError::Outside) } else { Ok((pixel(from), pixel(to - from))) }
}

/// Converts to a number of pixels, saturating.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates")]
pub(super) fn pixel(number: f64) -> u32 {
    number as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pixel_box(x: f64, y: f64, width: f64, height: f64) -> Result<[u32; 4], CropError> {
        let shape = BoundingBox { x, y, width, height };
        PixelBox::from_bounding_box(&shape, 160, 120).map(|found| [found.x, found.y, found.width, found.height])
    }

    #[test]
    fn rounds_origin_and_size_and_clips_to_image() {
        assert_eq!(pixel_box(0.05, 0.3, 0.25, 0.4), Ok([8, 36, 40, 48]));
        assert_eq!(pixel_box(0.0, 0.0, 1.0, 1.0), Ok([0, 0, 160, 120]));
        assert_eq!(pixel_box(-0.5, 0.9, 0.75, 0.5), Ok([0, 108, 40, 12]));
        assert_eq!(pixel_box(1.0, 0.0, 0.5, 0.5), Err(CropError::Outside));
        assert_eq!(pixel_box(-0.5, 0.0, 0.5, 0.5), Err(CropError::Outside));
        assert_eq!(pixel_box(0.5, 0.5, 0.002, 0.5), Err(CropError::NoPixel));
        assert_eq!(pixel_box(f64::NAN, 0.5, 0.2, 0.5), Err(CropError::Malformed));
        assert_eq!(pixel_box(0.1, 0.5, f64::INFINITY, 0.5), Err(CropError::Malformed));
        assert_eq!(pixel_box(1e300, 0.5, 1e300, 0.5), Err(CropError::Outside));
    }

    #[test]
    fn maps_detections_in_a_crop_to_the_image() {
        let pixels = PixelBox { x: 80, y: 30, width: 40, height: 60 };
        let found = BoundingBox { x: 0.5, y: 0.0, width: 0.5, height: 0.5 };
        let whole = pixels.to_whole(&found, 160, 120);
        assert_eq!(whole, BoundingBox { x: 0.625, y: 0.25, width: 0.125, height: 0.25 });
    }
}
