//! The pixels of an object.

use image::{Rgb, RgbImage};

use super::error::CropError;
use super::mask::Mask;
use super::pixel_box::PixelBox;
use super::{outline, runs};
use crate::labels::{Bitmask, BoundingBox, Polygon, RotatableBoundingBox};

/// A shape that covers a part of an image, which can be cut out.
pub trait Croppable {
    /// The pixels of the box around it, in an image of this size.
    ///
    /// # Errors
    /// It covers nothing of the image.
    fn pixels(&self, width: u32, height: u32) -> Result<PixelBox, CropError>;

    /// Which of these pixels are its own: those whose centre it covers.
    ///
    /// # Errors
    /// It covers nothing of the image.
    fn mask(&self, width: u32, height: u32) -> Result<Mask, CropError>;

    /// The box around it, cut out.
    ///
    /// # Errors
    /// It covers nothing of the image.
    fn crop(&self, image: &RgbImage) -> Result<RgbImage, CropError> {
        Ok(self.pixels(image.width(), image.height())?.cut(image))
    }

    /// The box around it, cut out, with another colour where it is not.
    ///
    /// # Errors
    /// It covers nothing of the image.
    fn masked(&self, image: &RgbImage, fill: Rgb<u8>) -> Result<RgbImage, CropError> {
        Ok(self.mask(image.width(), image.height())?.cut(image, fill))
    }
}

impl Croppable for BoundingBox {
    fn pixels(&self, width: u32, height: u32) -> Result<PixelBox, CropError> {
        PixelBox::from_bounding_box(self, width, height)
    }

    fn mask(&self, width: u32, height: u32) -> Result<Mask, CropError> {
        Ok(Mask::new(self.pixels(width, height)?, |_, row| row.fill(true)))
    }
}

/// The box is the one around the turned box; [`straightened`](super::straightened) turns it back.
impl Croppable for RotatableBoundingBox {
    fn pixels(&self, width: u32, height: u32) -> Result<PixelBox, CropError> {
        outline::pixels(self.corners(width.into(), height.into()), width, height)
    }

    fn mask(&self, width: u32, height: u32) -> Result<Mask, CropError> {
        let corners = vec![self.corners(width.into(), height.into()).to_vec()];
        Ok(outline::mask(self.pixels(width, height)?, &[corners]))
    }
}

impl Croppable for Polygon {
    fn pixels(&self, width: u32, height: u32) -> Result<PixelBox, CropError> {
        // Holes lie within borders.
        let borders = self.polygons.iter().filter_map(|rings| rings.first()).flatten();
        outline::pixels(borders.map(|vertex| outline::at(vertex.x, vertex.y, width, height)), width, height)
    }

    fn mask(&self, width: u32, height: u32) -> Result<Mask, CropError> {
        let ring = |ring: &Vec<_>| outline::ring(ring, width, height);
        let polygons: Vec<Vec<_>> = self.polygons.iter().map(|rings| rings.iter().map(ring).collect()).collect();
        Ok(outline::mask(self.pixels(width, height)?, &polygons))
    }
}

/// A mask of another size than the image is stretched over it.
impl Croppable for Bitmask {
    fn pixels(&self, width: u32, height: u32) -> Result<PixelBox, CropError> {
        PixelBox::from_bounding_box(&runs::Runs::from_mask(self)?.bounds(), width, height)
    }

    fn mask(&self, width: u32, height: u32) -> Result<Mask, CropError> {
        let runs = runs::Runs::from_mask(self)?;
        let pixels = PixelBox::from_bounding_box(&runs.bounds(), width, height)?;
        Ok(Mask::new(pixels, |y, row| runs.fill(&pixels, y, row, (width, height))))
    }
}
