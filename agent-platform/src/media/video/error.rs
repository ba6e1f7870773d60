//! Errors of reading videos.

use std::io;

use super::{Codec, Container};

/// Error of opening a video or decoding a frame.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VideoError {
    /// Reading the file failed.
    #[error("the video cannot be read: {0}")]
    Io(#[from] io::Error),
    /// The work was cancelled.
    #[error("the frame was not decoded: the work was cancelled")]
    Cancelled,
    /// The file is empty.
    #[error("the video is empty: it has no bytes")]
    Empty,
    /// The container format is unknown.
    #[error("the data is not a video in a container that is read here: MP4, MOV, Matroska or WebM")]
    UnknownContainer,
    /// The file is shorter than its contents require.
    #[error("the video is truncated: {what} would end at byte {end}, and the file has {length} bytes")]
    Truncated {
        /// The part that is truncated.
        what: &'static str,
        /// The position at which the part would end, in bytes.
        end: u64,
        /// Length of the file, in bytes.
        length: u64,
    },
    /// The container is malformed.
    #[error("the video's {container} container is damaged at byte {at}: {what}")]
    Malformed {
        /// The container format.
        container: Container,
        /// The position, in bytes.
        at: u64,
        /// A description of the damage.
        what: &'static str,
    },
    /// The container has no video track, or its video track has no frames.
    #[error("the {container} file has no video in it")]
    NoVideo {
        /// The container format.
        container: Container,
    },
    /// The container has no audio track.
    #[error("the {container} file has no audio in it")]
    NoAudio {
        /// The container format.
        container: Container,
    },
    /// The codec is not supported.
    #[error(
        "codec {codec} is not built in: this build decodes {built_in}. Convert the video, for example with \
         `ffmpeg -i INPUT -c:v libx264 OUTPUT.mp4`"
    )]
    CodecNotBuiltIn {
        /// Name of the codec.
        codec: String,
        /// The supported codecs.
        built_in: String,
    },
    /// The codec is supported, but the video uses a feature of it that is not.
    #[error("the video uses a feature that the {codec} decoder does not support: {what}")]
    Unsupported {
        /// The codec.
        codec: Codec,
        /// The unsupported feature.
        what: String,
    },
    /// The container uses an unsupported feature of its format.
    #[error("the video's {container} container uses an unsupported feature: {what}")]
    UnsupportedContainer {
        /// The container format.
        container: Container,
        /// The unsupported feature.
        what: &'static str,
    },
    /// The video exceeds the limits. No memory has been allocated for it.
    #[error("the video is too large: {what} is {value}, and the limit is {limit}")]
    TooLarge {
        /// The quantity that exceeds its limit.
        what: &'static str,
        /// Actual value.
        value: u64,
        /// The limit from [`VideoLimits`](super::VideoLimits).
        limit: u64,
    },
    /// The frame does not exist.
    #[error("the video has no frame {frame}: it has {frames} frames, counted from 0")]
    NoFrame {
        /// Index of the requested frame.
        frame: u64,
        /// The number of frames.
        frames: u64,
    },
    /// The coded data of the frame, or of a frame that it depends on, is damaged.
    #[error("frame {frame} cannot be decoded: its {codec} data is damaged ({reason})")]
    Damaged {
        /// Index of the requested frame.
        frame: u64,
        /// The codec.
        codec: Codec,
        /// The decoder's error message.
        reason: String,
    },
}
