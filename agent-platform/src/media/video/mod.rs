//! Frames of videos, exactly by number: MP4 and MOV (plain and fragmented), Matroska and WebM, with H.264, HEVC and VP9.
//!
//! Frame N is the Nth that is shown: by composition time, after the edit list. That is what the editor shows as frame N, and
//! what OpenCV reads as frame N, also with B-frames, open groups of pictures and variable frame rates.
//!
//! Everything is pure Rust and blocks; nothing but cargo builds it.

mod codec;
mod codec_id;
mod decoder;
mod error;
mod fields;
#[cfg(agent_platform_fuzzing)]
mod fuzzing;
mod limits;
mod matroska;
mod mp4;
mod nal;
mod open;
mod picture;
mod player;
mod rotation;
mod selection;
mod source;
mod track;

pub use codec::{Codec, Container};
pub use error::VideoError;
pub use limits::VideoLimits;
pub use open::{Frames, Video, VideoFrame};
pub use rotation::Rotation;
pub use selection::FrameSelection;
