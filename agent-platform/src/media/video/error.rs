//! What goes wrong with videos.

use std::io;

use super::{Codec, Container};

/// Why a video cannot be opened, or a frame of it cannot be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VideoError {
    /// The file cannot be read.
    #[error("the video cannot be read: {0}")]
    Io(#[from] io::Error),
    /// Whoever asked for the frame does not want it any more.
    #[error("the frame was not decoded: the work was cancelled")]
    Cancelled,
    /// The file has no bytes.
    #[error("the video is empty: it has no bytes")]
    Empty,
    /// The bytes are of none of the containers that are read here.
    #[error("the data is not a video in a container that is read here: MP4, MOV, Matroska or WebM")]
    UnknownContainer,
    /// The file ends before something that it says it has.
    #[error("the video is truncated: {what} would end at byte {end}, and the file has {length} bytes")]
    Truncated {
        /// What is cut off.
        what: &'static str,
        /// Where it would end, in bytes.
        end: u64,
        /// How long the file is, in bytes.
        length: u64,
    },
    /// The container contradicts itself, or its format.
    #[error("the video's {container} container is damaged at byte {at}: {what}")]
    Malformed {
        /// The container's format.
        container: Container,
        /// Where, in bytes.
        at: u64,
        /// What is wrong.
        what: &'static str,
    },
    /// The container has no video track, or one without frames.
    #[error("the {container} file has no video in it")]
    NoVideo {
        /// The container's format.
        container: Container,
    },
    /// The container has no audio track.
    #[error("the {container} file has no audio in it")]
    NoAudio {
        /// The format of the container.
        container: Container,
    },
    /// The codec is known, and no decoder for it is built in.
    #[error(
        "codec {codec} is not built in: this build decodes {built_in}. Convert the video, for example with \
         `ffmpeg -i INPUT -c:v libx264 OUTPUT.mp4`"
    )]
    CodecNotBuiltIn {
        /// What the codec is called.
        codec: String,
        /// The codecs of this build.
        built_in: String,
    },
    /// The codec is built in, and does not do what this video uses of it.
    #[error("the video uses what the {codec} decoder does not do: {what}")]
    Unsupported {
        /// The codec.
        codec: Codec,
        /// What the video uses.
        what: String,
    },
    /// The container uses a part of its format that is not read here.
    #[error("the video's {container} container uses what is not read here: {what}")]
    UnsupportedContainer {
        /// The container's format.
        container: Container,
        /// What it uses.
        what: &'static str,
    },
    /// The video would take more than the limits allow; nothing has been allocated for it.
    #[error("the video is too large: {what} is {value}, and the limit is {limit}")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// How large it is.
        value: u64,
        /// How large it may be: see [`VideoLimits`](super::VideoLimits).
        limit: u64,
    },
    /// The video has no such frame.
    #[error("the video has no frame {frame}: it has {frames} frames, counted from 0")]
    NoFrame {
        /// The frame asked for.
        frame: u64,
        /// How many frames there are.
        frames: u64,
    },
    /// The coded data of a frame, or of one that it is built on, is damaged.
    #[error("frame {frame} cannot be decoded: its {codec} data is damaged ({reason})")]
    Damaged {
        /// The frame asked for.
        frame: u64,
        /// The codec.
        codec: Codec,
        /// What the decoder says.
        reason: String,
    },
}
