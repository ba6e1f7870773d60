//! Limits on videos.

use super::VideoError;

/// Limits on the size of a video, checked before memory is allocated.
///
/// A video that exceeds a limit is rejected with [`VideoError::TooLarge`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct VideoLimits {
    /// Maximum pixels per frame (width times height). Decoders hold up to about 20 pictures of at most 3 bytes per
    /// pixel, or 6 bytes at bit depths above 8. Default: 8192 × 4320.
    pub pixels: u64,
    /// Maximum number of coded frames. Each takes about 40 bytes while the video is open. Default: 4 million, which is
    /// 18 hours at 60 frames per second.
    pub frames: u64,
    /// Maximum size of one box or element that describes the video (in MP4: `moov` or `moof`), in bytes. It is in
    /// memory while the video is opened. Default: 128 MiB.
    pub description_bytes: u64,
    /// Maximum size of one coded frame, in bytes. Default: 64 MiB.
    pub frame_bytes: u64,
}

impl Default for VideoLimits {
    /// Returns the default limits of each field.
    fn default() -> Self {
        Self { pixels: 8192 * 4320, frames: 4_000_000, description_bytes: 128 << 20, frame_bytes: 64 << 20 }
    }
}

impl VideoLimits {
    /// Memory of the index per coded frame, in bytes.
    pub(super) const BYTES_PER_FRAME: u64 = 48;

    /// Returns the maximum memory that opening a video takes, in bytes: its index and the longest description.
    #[must_use]
    pub fn opening(&self) -> u64 {
        self.frames.saturating_mul(Self::BYTES_PER_FRAME).saturating_add(self.description_bytes)
    }

    /// Rejects frames that are empty or exceed the limit.
    pub(super) fn check_size(&self, width: u32, height: u32) -> Result<(), VideoError> {
        check("the number of pixels of a frame", u64::from(width) * u64::from(height), self.pixels)
    }

    pub(super) fn check_frames(&self, frames: u64) -> Result<(), VideoError> {
        // Sample numbers have 32 bits.
        check("the number of frames", frames, self.frames.min(u64::from(u32::MAX - 1)))
    }

    pub(super) fn check_description(&self, bytes: u64) -> Result<(), VideoError> {
        check("the length of the container's description, in bytes,", bytes, self.description_bytes)
    }

    pub(super) fn check_frame_bytes(&self, bytes: u64) -> Result<(), VideoError> {
        check("the length of a coded frame, in bytes,", bytes, self.frame_bytes)
    }
}

fn check(what: &'static str, value: u64, limit: u64) -> Result<(), VideoError> {
    if value > limit { Err(VideoError::TooLarge { what, value, limit }) } else { Ok(()) }
}
