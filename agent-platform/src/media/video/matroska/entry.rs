//! Track entries: codec, size and decoder configuration.

use super::super::nal::ParameterSets;
use super::super::track::Colour;
use super::super::{Codec, Container, Rotation, VideoError};
use super::ebml::{Element, damaged};

/// The video properties of a track entry.
#[derive(Debug)]
pub(super) struct TrackEntry {
    pub(super) number: u64,
    pub(super) codec: Codec,
    pub(super) width: u32,
    pub(super) height: u32,
    /// Duration of each frame in nanoseconds, if it is constant.
    pub(super) frame_duration: Option<u64>,
    pub(super) rotation: Rotation,
    pub(super) colour: Colour,
    pub(super) parameters: ParameterSets,
}

const TRACK_ENTRY: u32 = 0xae;

impl TrackEntry {
    /// Finds the first video track.
    pub(super) fn first_video(tracks: Element<'_>) -> Result<Self, VideoError> {
        for entry in tracks.children() {
            let entry = entry?;
            if entry.id == TRACK_ENTRY
                && let Some(read) = Self::read(entry)?
            {
                return Ok(read);
            }
        }
        Err(VideoError::NoVideo { container: Container::Matroska })
    }

    fn read(entry: Element<'_>) -> Result<Option<Self>, VideoError> {
        const VIDEO: u64 = 1;
        let (mut number, mut kind, mut codec_id, mut private, mut frame_duration) = (0, 0, None, None, None);
        let (mut video, mut encoded) = (None, false);
        for part in entry.children() {
            let part = part?;
            match part.id {
                0xd7 => number = part.number()?,
                0x83 => kind = part.number()?,
                0x86 => codec_id = Some(part.body),
                0x63a2 => private = Some(part),
                0x23_e383 => frame_duration = Some(part.number()?).filter(|duration| *duration > 0),
                0xe0 => video = Some(part),
                0x6d80 => encoded = true,
                _ => {}
            }
        }
        if kind != VIDEO {
            return Ok(None);
        }
        let id = codec_id.ok_or_else(|| damaged(entry.at, "a track has no codec ID"))?;
        let codec = Codec::from_codec_id(id.split(|byte| *byte == 0).next().unwrap_or_default())?;
        if encoded {
            let what = "a track that is compressed or encrypted by the container";
            return Err(VideoError::UnsupportedContainer { container: Container::Matroska, what });
        }
        let picture = Picture::parse(video.ok_or_else(|| damaged(entry.at, "a track has no picture size"))?)?;
        let parameters = parameters(codec, private, entry.at)?;
        let Picture { width, height, rotation, colour } = picture;
        Ok(Some(Self { number, codec, width, height, frame_duration, rotation, colour, parameters }))
    }
}

fn parameters(codec: Codec, private: Option<Element<'_>>, at: u64) -> Result<ParameterSets, VideoError> {
    let read = match (codec, private) {
        (Codec::Vp9, _) => Ok(ParameterSets::default()),
        (Codec::H264, Some(private)) => ParameterSets::from_avcc(private.body),
        (Codec::Hevc, Some(private)) => ParameterSets::from_hvcc(private.body),
        (_, None) => return Err(damaged(at, "a track lacks the decoder's configuration")),
    };
    read.map_err(|_| damaged(at, "the decoder's configuration is truncated"))
}

struct Picture {
    width: u32,
    height: u32,
    rotation: Rotation,
    colour: Colour,
}

impl Picture {
    fn parse(video: Element<'_>) -> Result<Self, VideoError> {
        let mut picture = Self { width: 0, height: 0, rotation: Rotation::None, colour: Colour::default() };
        for part in video.children() {
            let part = part?;
            match part.id {
                0xb0 => picture.width = length(part)?,
                0xba => picture.height = length(part)?,
                0x55b0 => picture.colour = colour(part)?,
                0x7670 => picture.rotation = projection(part)?,
                _ => {}
            }
        }
        Ok(picture)
    }
}

fn length(part: Element<'_>) -> Result<u32, VideoError> {
    u32::try_from(part.number()?).map_err(|_| damaged(part.at, "a picture side exceeds 32 bits"))
}

fn colour(part: Element<'_>) -> Result<Colour, VideoError> {
    let mut colour = Colour::default();
    for field in part.children() {
        let field = field?;
        match field.id {
            0x55b1 => colour.matrix = u16::try_from(field.number()?).ok(),
            0x55b9 => {
                // 1 is limited, 2 is full. 0 and 3 are unspecified.
                colour.full_range = match field.number()? {
                    1 => Some(false),
                    2 => Some(true),
                    _ => None,
                }
            }
            _ => {}
        }
    }
    Ok(colour)
}

/// Parses the roll of a rectangular projection, counter-clockwise, to the nearest multiple of 90 degrees.
fn projection(part: Element<'_>) -> Result<Rotation, VideoError> {
    let (mut kind, mut roll) = (0, 0.0);
    for field in part.children() {
        let field = field?;
        match field.id {
            0x7671 => kind = field.number()?,
            0x7675 => roll = field.float()?,
            _ => {}
        }
    }
    Ok(if kind == 0 { Rotation::from_degrees(-roll) } else { Rotation::None })
}
