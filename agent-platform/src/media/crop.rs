//! Crops of labelled objects.

use image::{Rgb, RgbImage};

use super::error::CropError;
use super::mask::Mask;
use super::pixel_box::PixelBox;
use super::{outline, runs};
use crate::labels::{Bitmask, BoundingBox, Polygon, RotatableBoundingBox};
use crate::typed::ObjectType;

/// A shape that covers part of an image and can be cropped from it.
pub trait Croppable {
    /// Returns the bounding box in pixels, in an image of this size.
    ///
    /// # Errors
    /// The shape covers no pixel of the image.
    fn pixels(&self, width: u32, height: u32) -> Result<PixelBox, CropError>;

    /// Returns the mask of the pixels in the bounding box whose centre the shape covers.
    ///
    /// # Errors
    /// The shape covers no pixel of the image.
    fn mask(&self, width: u32, height: u32) -> Result<Mask, CropError>;

    /// Crops the image to the bounding box.
    ///
    /// # Errors
    /// The shape covers no pixel of the image.
    fn crop(&self, image: &RgbImage) -> Result<RgbImage, CropError> {
        Ok(self.pixels(image.width(), image.height())?.cut(image))
    }

    /// Crops the image to the bounding box and fills the pixels outside the shape with `fill`.
    ///
    /// # Errors
    /// The shape covers no pixel of the image.
    fn masked(&self, image: &RgbImage, fill: Rgb<u8>) -> Result<RgbImage, CropError> {
        Ok(self.mask(image.width(), image.height())?.cut(image, fill))
    }
}

/// Crops the shape of the object.
#[diagnostic::do_not_recommend]
impl<C: ObjectType> Croppable for C
where
    C::Shape: Croppable,
{
    fn pixels(&self, width: u32, height: u32) -> Result<PixelBox, CropError> {
        self.shape().pixels(width, height)
    }

    fn mask(&self, width: u32, height: u32) -> Result<Mask, CropError> {
        self.shape().mask(width, height)
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

/// Uses the axis-aligned bounding box of the rotated box. To rotate the pixels upright, use
/// [`straightened`](super::straightened).
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
        // Holes lie within the outer rings.
        let borders = self.polygons.iter().filter_map(|rings| rings.first()).flatten();
        outline::pixels(borders.map(|vertex| outline::at(vertex.x, vertex.y, width, height)), width, height)
    }

    fn mask(&self, width: u32, height: u32) -> Result<Mask, CropError> {
        let ring = |ring: &Vec<_>| outline::ring(ring, width, height);
        let polygons: Vec<Vec<_>> = self.polygons.iter().map(|rings| rings.iter().map(ring).collect()).collect();
        Ok(outline::mask(self.pixels(width, height)?, &polygons))
    }
}

/// Scales a mask whose size differs from the image's.
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
