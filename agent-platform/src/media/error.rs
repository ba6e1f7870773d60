//! What is wrong with an image, or with what is asked of it.

use super::format::Format;

/// Why an image cannot be read. The text is fit for an annotator.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MediaError {
    /// The file has no bytes.
    #[error("the file is empty")]
    Empty,
    /// The file is no image, or of a kind that nobody here knows.
    #[error("the file is no image of a known format")]
    UnknownFormat,
    /// The format is known, but this build cannot read it.
    #[error("{format} images cannot be read: this build has no decoder for {format}")]
    NotBuilt {
        /// The format.
        format: Format,
    },
    /// The format can be read, but not this variant of it.
    #[error("this {format} image is of a kind that is not read: {feature}")]
    Unsupported {
        /// The format.
        format: Format,
        /// What it uses.
        feature: String,
    },
    /// The file is cut off, or does not hold what its head says.
    #[error("the {format} image is damaged: {problem}")]
    Damaged {
        /// The format.
        format: Format,
        /// What is wrong with it.
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
        /// How many are read.
        limit: u64,
    },
    /// The image carries more metadata than is read.
    #[error("the {format} image carries {what} of {bytes} bytes; more than {limit} are not read")]
    TooMuchMetadata {
        /// The format.
        format: Format,
        /// The kind of metadata, e.g. "a colour profile".
        what: &'static str,
        /// Its size in the file, in bytes.
        bytes: u64,
        /// The maximum, in bytes.
        limit: u64,
    },
    /// Whoever asked for the image does not want it any more.
    #[error("the image was not decoded: the work was cancelled")]
    Cancelled,
    /// Reading takes more memory than [`Limits::bytes`](super::Limits::bytes).
    #[error("reading the {format} image takes more than the {limit} bytes of memory that it may")]
    TooManyBytes {
        /// The format.
        format: Format,
        /// How many bytes it may take.
        limit: u64,
    },
}

impl MediaError {
    pub(super) fn damaged(format: Format, problem: impl Into<String>) -> Self {
        Self::Damaged { format, problem: problem.into() }
    }
}

/// Why an image cannot be cut to an object. The text goes on after the object's name: "The Car lies outside of the image".
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CropError {
    /// No pixel of the image is in it.
    #[error("lies outside of the image")]
    Outside,
    /// The mask has no pixel inside.
    #[error("has an empty mask")]
    EmptyMask,
    /// Its width or height is less than half a pixel.
    #[error("covers no whole pixel")]
    NoPixel,
    /// It is so much larger than the image that its pixels would not fit into memory.
    #[error("is many times larger than the image")]
    TooLarge,
    /// Its coordinates are not numbers, or its mask cannot be read.
    #[error("has coordinates that make no sense")]
    Malformed,
}

/// Why an image cannot be fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FitError {
    /// An image without pixels, or to be fitted to none.
    #[error("an image cannot be fitted from or to zero pixels")]
    Empty,
    /// More pixels than an image of 8 bits can have here.
    #[error("an image cannot be fitted to so many pixels")]
    TooLarge,
}

/// Why an image cannot be encoded.
#[derive(Debug, thiserror::Error)]
#[error("the image cannot be encoded as {format}: {problem}")]
pub struct EncodeError {
    pub(super) format: Format,
    pub(super) problem: String,
}
