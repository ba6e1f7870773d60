//! Errors of reading, cropping, fitting and encoding images.

use super::format::Format;

/// Error of reading an image. The message is fit for an annotator.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MediaError {
    /// The file is empty.
    #[error("the file is empty")]
    Empty,
    /// The file is not an image, or its format is unknown.
    #[error("the file is not an image of a known format")]
    UnknownFormat,
    /// The format is known, but this build has no decoder for it.
    #[error("{format} images cannot be read: this build has no decoder for {format}")]
    NotBuilt {
        /// The format.
        format: Format,
    },
    /// The format is supported, but this variant of it is not.
    #[error("this {format} image uses an unsupported feature: {feature}")]
    Unsupported {
        /// The format.
        format: Format,
        /// The unsupported feature.
        feature: String,
    },
    /// The file is truncated, or its data contradicts its header.
    #[error("the {format} image is damaged: {problem}")]
    Damaged {
        /// The format.
        format: Format,
        /// A description of the damage.
        problem: String,
    },
    /// The image is larger than [`Limits::pixels`](super::Limits::pixels).
    #[error("the {format} image has {width} x {height} pixels; more than {limit} are not read")]
    TooManyPixels {
        /// The format.
        format: Format,
        /// Its width in pixels.
        width: u32,
        /// Its height in pixels.
        height: u32,
        /// Maximum number of pixels.
        limit: u64,
    },
    /// The image carries more metadata than the maximum.
    #[error("the {format} image carries {what} of {bytes} bytes; more than {limit} are not read")]
    TooMuchMetadata {
        /// The format.
        format: Format,
        /// The kind of metadata, for example "a colour profile".
        what: &'static str,
        /// Size in the file, in bytes.
        bytes: u64,
        /// Maximum size, in bytes.
        limit: u64,
    },
    /// The work was cancelled.
    #[error("the image was not decoded: the work was cancelled")]
    Cancelled,
    /// Decoding needs more memory than [`Limits::bytes`](super::Limits::bytes).
    #[error("reading the {format} image takes more than the {limit} bytes of memory that it may")]
    TooManyBytes {
        /// The format.
        format: Format,
        /// Maximum memory, in bytes.
        limit: u64,
    },
}

impl MediaError {
    pub(super) fn damaged(format: Format, problem: impl Into<String>) -> Self {
        Self::Damaged { format, problem: problem.into() }
    }
}

/// Error of cropping an image to an object. The message continues a sentence that starts with the object's name: "The
/// Car lies outside of the image".
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CropError {
    /// The object covers no pixel of the image.
    #[error("lies outside of the image")]
    Outside,
    /// No pixel of the mask is set.
    #[error("has an empty mask")]
    EmptyMask,
    /// The width or height is less than half a pixel.
    #[error("covers no whole pixel")]
    NoPixel,
    /// The object is so much larger than the image that its pixels would not fit into memory.
    #[error("is many times larger than the image")]
    TooLarge,
    /// The coordinates are not finite numbers, or the mask is malformed.
    #[error("has invalid coordinates")]
    Malformed,
}

/// Error of fitting an image to a size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FitError {
    /// The image or the requested size has no pixels.
    #[error("an image cannot be fitted from or to zero pixels")]
    Empty,
    /// The requested size exceeds the maximum number of pixels.
    #[error("an image cannot be fitted to so many pixels")]
    TooLarge,
}

/// Error of encoding an image.
#[derive(Debug, thiserror::Error)]
#[error("the image cannot be encoded as {format}: {problem}")]
pub struct EncodeError {
    pub(super) format: Format,
    pub(super) problem: String,
}
