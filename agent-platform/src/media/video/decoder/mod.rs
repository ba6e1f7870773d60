//! The decoders: each takes the samples of a track in order and gives the picture of each at once.
//!
//! They are crates of others, pinned to their versions: what is asked of them is here and nowhere else.

mod h264;
mod h264_sps;
mod hevc;
mod vp9;
mod vp9_header;

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::picture::Picture;
use super::track::{Colour, Description};
use super::{Codec, VideoError, VideoLimits};

/// Why a sample gives no picture.
#[derive(Debug)]
pub(super) enum Failure {
    /// The stream uses what the decoder does not do.
    Unsupported(String),
    /// The stream is damaged.
    Damaged(String),
    /// The stream would take more than the limits allow.
    TooLarge(VideoError),
}

impl From<VideoError> for Failure {
    fn from(error: VideoError) -> Self {
        Self::TooLarge(error)
    }
}

/// A decoder of one codec.
pub(super) trait Decode: Send {
    /// Takes a sample, in decoding order, and gives its picture, if it is wanted. A sample without a picture is damaged.
    ///
    /// Pictures of more pixels than the limits allow are refused before memory is taken for them.
    fn decode(&mut self, sample: &[u8], wanted: bool, limits: &VideoLimits) -> Result<Option<Picture>, Failure>;

    /// Whether nothing is built on a sample, so that it need not be decoded unless it is wanted.
    fn disposable(&self, sample: &[u8]) -> bool;
}

/// A decoder that begins at a key frame.
pub(super) fn start(description: &Description, limits: &VideoLimits) -> Result<Box<dyn Decode>, Failure> {
    guarded(|| {
        let decoder: Box<dyn Decode> = match description.codec {
            Codec::H264 => Box::new(h264::Decoder::new(description, limits)?),
            Codec::Hevc => Box::new(hevc::Decoder::new(description, limits)?),
            Codec::Vp9 => Box::new(vp9::Decoder::new(description)),
        };
        Ok(decoder)
    })
}

/// What a stream says of itself before its first sample.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stated {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) colour: Colour,
}

/// What the parameter sets before the samples say, if there are any.
pub(super) fn stated(description: &Description, limits: &VideoLimits) -> Result<Option<Stated>, Failure> {
    guarded(|| match description.codec {
        Codec::H264 => h264::stated(&description.parameters, limits),
        Codec::Hevc => hevc::stated(&description.parameters, limits),
        Codec::Vp9 => Ok(None),
    })
}

/// Runs a decoder. It should not panic, whatever the stream; if it does, that is damage to one video and not to the agent.
pub(super) fn guarded<T>(run: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    let panicked = |_| Err(Failure::Damaged("the decoder stopped at it".to_owned()));
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(panicked)
}
