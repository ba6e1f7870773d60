//! Orientation by EXIF data.

use image::metadata::Orientation;
use image::{DynamicImage, RgbImage};

/// Returns the image as it is shown, turned by its EXIF orientation.
pub(super) fn turned(image: RgbImage, orientation: Orientation) -> RgbImage {
    if orientation == Orientation::NoTransforms {
        return image;
    }
    let mut image = DynamicImage::ImageRgb8(image);
    image.apply_orientation(orientation);
    image.into_rgb8()
}
