//! Pixels: images are read, cut to what objects cover, fitted to models and encoded for them. A feature: `media`.
//!
//! | to | write |
//! |---|---|
//! | read a file | `decode(&bytes, &Limits::default())?` |
//! | know what it is first | `Format::from_bytes(&bytes)`, `inspect(reader, &Limits::default())?` |
//! | cut to an object | `polygon.crop(&image)?`, `polygon.pixels(width, height)?` |
//! | leave out what is not the object | `bitmask.masked(&image, BLACK)?` |
//! | straighten a turned box | `straightened(&image, &turned)?` |
//! | fit to a model's input | `letterbox(&image, 640, 640, GREY)?`, then `fitted.placement.box_to_source(x, y, w, h)` |
//! | send to a model | `encode(&image, Encoding::jpeg(85))?.anthropic_part()` |
//!
//! Images are [`RgbImage`]s: 8 bits of red, green and blue, row by row from the top.

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

pub use cancellation::Cancellation;
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

/// Black: what masks and fits are usually filled with.
pub const BLACK: Rgb<u8> = Rgb([0, 0, 0]);
/// The grey that detectors of the YOLO family are trained with around letterboxed images.
pub const GREY: Rgb<u8> = Rgb([114, 114, 114]);
