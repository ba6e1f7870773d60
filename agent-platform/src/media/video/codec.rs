//! The codecs and containers by name.

use std::fmt;

use super::VideoError;

/// A codec that is decoded here.
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
    /// What the codec is called: `h264`, `hevc` or `vp9`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::H264 => "h264",
            Self::Hevc => "hevc",
            Self::Vp9 => "vp9",
        }
    }

    /// The codec of a sample entry in MP4, by its four characters.
    pub(super) fn of_sample_entry(kind: [u8; 4]) -> Result<Self, VideoError> {
        let name = match &kind {
            b"avc1" | b"avc2" | b"avc3" | b"avc4" => return Ok(Self::H264),
            b"hvc1" | b"hev1" => return Ok(Self::Hevc),
            b"vp09" => return Ok(Self::Vp9),
            b"av01" => "av1",
            b"vp08" => "vp8",
            b"mp4v" => "mpeg4 (part 2)",
            b"jpeg" | b"mjpa" | b"mjpb" => "mjpeg",
            b"apch" | b"apcn" | b"apcs" | b"apco" | b"ap4h" | b"ap4x" => "prores",
            b"vvc1" | b"vvi1" => "vvc",
            b"s263" | b"h263" => "h263",
            b"dvh1" | b"dvhe" | b"dva1" | b"dvav" | b"dav1" => "dolby vision",
            b"encv" => "encrypted video",
            b"png " => "png",
            b"raw " | b"2vuy" | b"yuv2" => "raw video",
            _ => return Err(not_built_in(format!("`{}`", kind.escape_ascii()))),
        };
        Err(not_built_in(name.to_owned()))
    }

    /// The codec of a track in Matroska, by its codec ID.
    pub(super) fn of_codec_id(id: &[u8]) -> Result<Self, VideoError> {
        let name = match id {
            b"V_MPEG4/ISO/AVC" => return Ok(Self::H264),
            b"V_MPEGH/ISO/HEVC" => return Ok(Self::Hevc),
            b"V_VP9" => return Ok(Self::Vp9),
            b"V_AV1" => "av1",
            b"V_VP8" => "vp8",
            b"V_MPEG4/ISO/SP" | b"V_MPEG4/ISO/ASP" | b"V_MPEG4/ISO/AP" => "mpeg4 (part 2)",
            b"V_MPEG1" | b"V_MPEG2" => "mpeg1 or mpeg2",
            b"V_MJPEG" => "mjpeg",
            b"V_PRORES" => "prores",
            b"V_THEORA" => "theora",
            b"V_FFV1" => "ffv1",
            b"V_UNCOMPRESSED" => "raw video",
            _ => return Err(not_built_in(format!("`{}`", id.get(..32).unwrap_or(id).escape_ascii()))),
        };
        Err(not_built_in(name.to_owned()))
    }
}

impl fmt::Display for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

fn not_built_in(codec: String) -> VideoError {
    VideoError::CodecNotBuiltIn { codec, built_in: [Codec::H264, Codec::Hevc, Codec::Vp9].map(Codec::name).join(", ") }
}

/// The format of the file that holds the coded frames.
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
