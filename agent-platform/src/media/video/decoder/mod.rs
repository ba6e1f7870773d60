//! Decoders. Each takes the samples of a track in decoding order and returns the picture of each sample at once.
//!
//! They wrap third-party crates pinned to exact versions. Only this module calls those crates.

mod h264;
mod h264_sps;
mod hevc;
mod vp9;
mod vp9_header;

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::picture::Picture;
use super::track::{Colour, Description};
use super::{Codec, VideoError, VideoLimits};

/// Error of decoding a sample.
#[derive(Debug)]
pub(super) enum Failure {
    /// The stream uses a feature that the decoder does not support.
    Unsupported(String),
    /// The stream is damaged.
    Damaged(String),
    /// The stream exceeds the limits.
    TooLarge(VideoError),
}

impl From<VideoError> for Failure {
    fn from(error: VideoError) -> Self {
        Self::TooLarge(error)
    }
}

/// A decoder of one codec.
pub(super) trait Decode: Send {
    /// Decodes the next sample in decoding order, and returns its picture if it is wanted. A sample without a picture
    /// is damaged.
    ///
    /// Pictures with more pixels than the limits allow are rejected before memory is allocated for them.
    fn decode(&mut self, sample: &[u8], wanted: bool, limits: &VideoLimits) -> Result<Option<Picture>, Failure>;

    /// Returns `true` if no other sample depends on this one, so that it can be skipped unless it is wanted.
    fn disposable(&self, sample: &[u8]) -> bool;
}

/// Creates a decoder. It must start at a key frame.
pub(super) fn start(description: &Description, limits: &VideoLimits) -> Result<Box<dyn Decode>, Failure> {
    catch_panic(|| {
        let decoder: Box<dyn Decode> = match description.codec {
            Codec::H264 => Box::new(h264::Decoder::new(description, limits)?),
            Codec::Hevc => Box::new(hevc::Decoder::new(description, limits)?),
            Codec::Vp9 => Box::new(vp9::Decoder::new(description)),
        };
        Ok(decoder)
    })
}

/// Size and colour according to the stream's headers.
#[derive(Debug, Clone, Copy)]
pub(super) struct StreamInfo {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) colour: Colour,
}

/// Parses the parameter sets that precede the samples, if there are any.
pub(super) fn stream_info(description: &Description, limits: &VideoLimits) -> Result<Option<StreamInfo>, Failure> {
    catch_panic(|| match description.codec {
        Codec::H264 => h264::stream_info(&description.parameters, limits),
        Codec::Hevc => hevc::stream_info(&description.parameters, limits),
        Codec::Vp9 => Ok(None),
    })
}

/// Runs a decoder and converts a panic to an error, so that a damaged video cannot stop the agent.
pub(super) fn catch_panic<T>(run: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    let panicked = |_| Err(Failure::Damaged("the decoder panicked".to_owned()));
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(panicked)
}
