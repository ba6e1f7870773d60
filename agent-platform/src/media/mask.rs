//! Which pixels of a box belong to an object.

use image::{Rgb, RgbImage};

use super::pixel_box::PixelBox;

/// Which pixels of a box belong to an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mask {
    pixels: PixelBox,
    /// Row by row from the top.
    inside: Vec<bool>,
}

impl Mask {
    /// `fill` is given each row, by its number in the image, with no pixel inside.
    pub(super) fn new(pixels: PixelBox, mut fill: impl FnMut(u32, &mut [bool])) -> Self {
        let width = pixels.width as usize;
        let mut inside = vec![false; width * pixels.height as usize];
        for (y, row) in (pixels.y..).zip(inside.chunks_exact_mut(width.max(1))) {
            fill(y, row);
        }
        Self { pixels, inside }
    }

    /// The box that it tells of.
    #[must_use]
    pub fn pixels(&self) -> PixelBox {
        self.pixels
    }

    /// Whether each pixel of the box belongs to the object, row by row from the top.
    #[must_use]
    pub fn inside(&self) -> &[bool] {
        &self.inside
    }

    /// How many pixels belong to the object.
    #[must_use]
    pub fn area(&self) -> usize {
        self.inside.iter().filter(|inside| **inside).count()
    }

    /// The box, cut out of the image, with another colour where the object is not.
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
