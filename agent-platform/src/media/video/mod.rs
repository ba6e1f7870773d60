//! Frame-exact video decoding: MP4 and MOV (plain and fragmented), Matroska and WebM, with H.264, HEVC and VP9.
//!
//! Frame N is the Nth frame in presentation order: sorted by composition time, after the edit list. The editor and
//! OpenCV number frames in the same way, also with B-frames, open GOPs and variable frame rates.
//!
//! The implementation is pure Rust. All functions block.
//!
//! [`VideoProperties`] and [`AudioProperties`] need only the feature `demux`: they are read from the tables of MP4 and MOV
//! files, independent of the codec.

#![cfg_attr(not(feature = "video"), allow(dead_code, reason = "the decoders use the rest"))]

mod codec;
mod codec_id;
#[cfg(feature = "video")]
mod decoder;
mod error;
mod exclusive;
mod fields;
#[cfg(all(agent_platform_fuzzing, feature = "video"))]
mod fuzzing;
mod limits;
mod matroska;
mod mp4;
mod nal;
#[cfg(feature = "video")]
mod open;
#[cfg(feature = "video")]
mod picture;
#[cfg(feature = "video")]
mod player;
mod rotation;
#[cfg(feature = "video")]
mod selection;
mod source;
mod track;

pub use codec::{Codec, Container};
pub use error::VideoError;
pub use limits::VideoLimits;
pub use mp4::{AudioProperties, VideoProperties};
#[cfg(feature = "video")]
pub use open::{Frames, Video, VideoFrame};
pub use rotation::Rotation;
#[cfg(feature = "video")]
pub use selection::FrameSelection;
