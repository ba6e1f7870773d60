//! A picture of four colours, and its encodings.

use std::io::Cursor;

use agent_platform::media::{Rgb, RgbImage, image};
use image::{DynamicImage, ImageFormat};

pub(crate) const RED: [u8; 3] = [255, 0, 0];
pub(crate) const GREEN: [u8; 3] = [0, 255, 0];
pub(crate) const BLUE: [u8; 3] = [0, 0, 255];
pub(crate) const WHITE: [u8; 3] = [255, 255, 255];

/// Returns an image with red, green, blue and white quarters.
pub(crate) fn quarters() -> RgbImage {
    RgbImage::from_fn(32, 24, |x, y| {
        Rgb(match (x < 16, y < 12) {
            (true, true) => RED,
            (false, true) => GREEN,
            (true, false) => BLUE,
            (false, false) => WHITE,
        })
    })
}

/// Encodes an image.
pub(crate) fn written(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    image.write_to(&mut file, format).unwrap();
    file.into_inner()
}
