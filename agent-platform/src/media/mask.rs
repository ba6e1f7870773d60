//! Pixel masks of objects.

use image::{Rgb, RgbImage};

use super::pixel_box::PixelBox;

/// The pixels of a box that belong to an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mask {
    pixels: PixelBox,
    /// One entry per pixel, row by row from the top.
    inside: Vec<bool>,
}

impl Mask {
    /// Creates a mask. `fill` is called for each row with its number in the image and its pixels, which are all unset.
    pub(super) fn new(pixels: PixelBox, mut fill: impl FnMut(u32, &mut [bool])) -> Self {
        let width = pixels.width as usize;
        let mut inside = vec![false; width * pixels.height as usize];
        for (y, row) in (pixels.y..).zip(inside.chunks_exact_mut(width.max(1))) {
            fill(y, row);
        }
        Self { pixels, inside }
    }

    /// Returns the box that the mask covers.
    #[must_use]
    pub fn pixels(&self) -> PixelBox {
        self.pixels
    }

    /// Returns one entry per pixel of the box, row by row from the top: `true` if the pixel belongs to the object.
    #[must_use]
    pub fn inside(&self) -> &[bool] {
        &self.inside
    }

    /// Returns the number of pixels that belong to the object.
    #[must_use]
    pub fn area(&self) -> usize {
        self.inside.iter().filter(|inside| **inside).count()
    }

    /// Crops the image to the box and fills the pixels outside the object with `fill`.
    #[must_use]
    pub fn cut(&self, image: &RgbImage, fill: Rgb<u8>) -> RgbImage {
        let mut cut = self.pixels.cut(image);
        for (pixel, inside) in cut.pixels_mut().zip(&self.inside) {
            if !inside {
                *pixel = fill;
            }
        }
        cut
    }
}
