//! How large an image may be.

use super::error::MediaError;
use super::format::Format;

/// How large an image may be. What is larger is refused by what its head says, before memory is taken for it: a file of some
/// kilobytes can announce an image of many gigabytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Width times height. 100 million unless set: 300 MB as RGB.
    pub pixels: u64,
    /// What reading may take of memory, in bytes: the image as its file has it, and what its decoder needs beside.
    /// 1 GiB unless set.
    pub bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { pixels: 100_000_000, bytes: 1 << 30 }
    }
}

impl Limits {
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
