//! Image processing: decode images, crop them to objects, fit them to models and encode them. Feature: `media`.
//!
//! | task | code |
//! |---|---|
//! | decode a file | `decode(&bytes, &Limits::default())?` |
//! | detect format and size | `Format::from_bytes(&bytes)`, `inspect(reader, &Limits::default())?` |
//! | crop to an object | `polygon.crop(&image)?`, `polygon.pixels(width, height)?` |
//! | mask the background | `bitmask.masked(&image, BLACK)?` |
//! | straighten a rotated box | `straightened(&image, &rotated)?` |
//! | fit to a model's input | `letterbox(&image, 640, 640, GREY)?`, then `fitted.placement.box_to_source(x, y, w, h)` |
//! | encode for a model API | `encode(&image, Encoding::jpeg(85))?.anthropic_part()` |
//!
//! Images are [`RgbImage`]s: 8-bit RGB, row by row from the top.

mod cancellation;
mod crop;
mod decode;
mod encode;
mod error;
mod fit;
mod format;
mod inspect;
mod jpeg;
mod limits;
mod mask;
mod metadata;
mod orientation;
mod outline;
mod pixel_box;
mod runs;
mod straighten;
#[cfg(feature = "demux")]
pub mod video;

pub use cancellation::{CancelOnDrop, Cancellation};
pub use crop::Croppable;
pub use decode::{decode, decode_until};
pub use encode::{EncodedImage, Encoding, encode};
pub use error::{CropError, EncodeError, FitError, MediaError};
pub use fit::{Fitted, Placement, letterbox, resize};
pub use format::Format;
pub use image;
pub use image::{Rgb, RgbImage};
pub use inspect::{ImageInfo, inspect};
pub use limits::Limits;
pub use mask::Mask;
pub use pixel_box::PixelBox;
pub use straighten::straightened;

/// Black, the usual fill colour of masks and letterboxes.
pub const BLACK: Rgb<u8> = Rgb([0, 0, 0]);
/// The grey around letterboxed images in the training data of YOLO detectors.
pub const GREY: Rgb<u8> = Rgb([114, 114, 114]);
