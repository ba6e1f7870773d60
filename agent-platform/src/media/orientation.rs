//! EXIF orientation.

use image::metadata::Orientation;
use image::{DynamicImage, RgbImage};

/// Applies the EXIF orientation to an image.
pub(super) fn apply_orientation(image: RgbImage, orientation: Orientation) -> RgbImage {
    if orientation == Orientation::NoTransforms {
        return image;
    }
    let mut image = DynamicImage::ImageRgb8(image);
    image.apply_orientation(orientation);
    image.into_rgb8()
}
