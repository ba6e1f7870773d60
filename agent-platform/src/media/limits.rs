//! Limits on image size and memory.

use super::error::MediaError;
use super::format::Format;

/// Limits on image size and memory. They are checked against the header before any memory is allocated: a file of a few
/// kilobytes can announce an image of many gigabytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Maximum number of pixels (width times height). Default: 100 million, which is 300 MB as RGB.
    pub pixels: u64,
    /// Maximum memory for decoding, in bytes: the decoded image and the decoder's buffers. Default: 1 GiB.
    pub bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self::new()
    }
}

impl Limits {
    /// Creates the default limits.
    #[must_use]
    pub const fn new() -> Self {
        Self { pixels: 100_000_000, bytes: 1 << 30 }
    }

    /// Sets the maximum width times height.
    #[must_use]
    pub const fn with_pixels(mut self, pixels: u64) -> Self {
        self.pixels = pixels;
        self
    }

    /// Sets the maximum memory for decoding, in bytes.
    #[must_use]
    pub const fn with_bytes(mut self, bytes: u64) -> Self {
        self.bytes = bytes;
        self
    }

    /// # Errors
    /// The image is too large.
    pub(super) fn check(&self, format: Format, width: u32, height: u32, bytes: u64) -> Result<(), MediaError> {
        if width == 0 || height == 0 {
            return Err(MediaError::damaged(format, "it has no pixels"));
        }
        if u64::from(width) * u64::from(height) > self.pixels {
            return Err(MediaError::TooManyPixels { format, width, height, limit: self.pixels });
        }
        if bytes > self.bytes {
            return Err(MediaError::TooManyBytes { format, limit: self.bytes });
        }
        Ok(())
    }
}
