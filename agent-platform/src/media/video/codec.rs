//! Codecs and container formats.

use std::fmt;

/// A supported video codec.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Codec {
    /// H.264, or AVC: progressive, 8 bits, 4:2:0.
    H264,
    /// H.265, or HEVC: Main and Main 10.
    Hevc,
    /// VP9.
    Vp9,
}

impl Codec {
    /// Returns the name: `h264`, `hevc` or `vp9`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::H264 => "h264",
            Self::Hevc => "hevc",
            Self::Vp9 => "vp9",
        }
    }
}

impl fmt::Display for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A supported container format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Container {
    /// MP4 and MOV, plain or fragmented.
    Mp4,
    /// Matroska and WebM.
    Matroska,
}

impl fmt::Display for Container {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mp4 => "MP4",
            Self::Matroska => "Matroska",
        })
    }
}
