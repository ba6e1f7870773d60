//! Mapping of container codec identifiers to codecs.

use super::{Codec, VideoError};

impl Codec {
    /// Maps the four-character code of an MP4 sample entry to its codec.
    pub(super) fn from_sample_entry(kind: [u8; 4]) -> Result<Self, VideoError> {
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
            _ => return Err(unsupported(format!("`{}`", kind.escape_ascii()))),
        };
        Err(unsupported(name.to_owned()))
    }

    /// Maps a Matroska codec ID to its codec.
    pub(super) fn from_codec_id(id: &[u8]) -> Result<Self, VideoError> {
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
            _ => return Err(unsupported(format!("`{}`", id.get(..32).unwrap_or(id).escape_ascii()))),
        };
        Err(unsupported(name.to_owned()))
    }
}

fn unsupported(codec: String) -> VideoError {
    VideoError::CodecNotBuiltIn { codec, built_in: [Codec::H264, Codec::Hevc, Codec::Vp9].map(Codec::name).join(", ") }
}
