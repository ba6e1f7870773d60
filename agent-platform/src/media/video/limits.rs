//! How much a video may take.

use super::VideoError;

/// What a video may take, checked before memory is taken for it.
///
/// A video that exceeds one is refused with [`VideoError::TooLarge`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct VideoLimits {
    /// Pixels of a frame, width times height. Decoders hold up to some 20 pictures of at most 3 bytes a pixel, 6 with more than
    /// 8 bits.
    pub pixels: u64,
    /// Coded frames. Each takes some 40 bytes for as long as the video is open.
    pub frames: u64,
    /// Bytes of one box or element that describes the video (in MP4: `moov`, or a `moof`). It is in memory while the video is
    /// opened.
    pub description_bytes: u64,
    /// Bytes of one coded frame.
    pub frame_bytes: u64,
}

impl Default for VideoLimits {
    /// Frames of 8192 × 4320, 4 million of them (18 hours at 60 a second), descriptions of 128 MiB, coded frames of 64 MiB.
    fn default() -> Self {
        Self { pixels: 8192 * 4320, frames: 4_000_000, description_bytes: 128 << 20, frame_bytes: 64 << 20 }
    }
}

impl VideoLimits {
    /// Memory of the index for each coded frame, in bytes.
    pub(super) const BYTES_EACH_FRAME: u64 = 48;

    /// Returns the memory that opening a video takes at most, in bytes: its index, and the longest description.
    #[must_use]
    pub fn opening(&self) -> u64 {
        self.frames.saturating_mul(Self::BYTES_EACH_FRAME).saturating_add(self.description_bytes)
    }

    /// Refuses frames of another size than 1 × 1 to the limit.
    pub(super) fn check_size(&self, width: u32, height: u32) -> Result<(), VideoError> {
        check("the number of pixels of a frame", u64::from(width) * u64::from(height), self.pixels)
    }

    pub(super) fn check_frames(&self, frames: u64) -> Result<(), VideoError> {
        // Samples are numbered in 32 bits.
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
