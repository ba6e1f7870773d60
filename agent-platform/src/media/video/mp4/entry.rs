//! Sample descriptions: codec, size and decoder configuration.

use super::super::fields::{Fields, UnexpectedEnd};
use super::super::nal::ParameterSets;
use super::super::track::Colour;
use super::super::{Codec, VideoError};
use super::atom::{Atom, Atoms};

/// The first sample description of a track.
pub(super) struct SampleEntry {
    pub(super) codec: Codec,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) colour: Colour,
    pub(super) parameters: ParameterSets,
}

/// Length of the fields of a visual sample entry before its child boxes, in bytes.
const VISUAL_SAMPLE_ENTRY_LENGTH: usize = 78;

impl SampleEntry {
    pub(super) fn parse(stbl: Atom<'_>) -> Result<Self, VideoError> {
        let table = stbl.child(b"stsd")?.ok_or(stbl.damaged("a track has no sample description"))?;
        let entry = table.children_after(8)?.next().ok_or(table.damaged("a track has no sample description"))??;
        let codec = Codec::from_sample_entry(entry.kind)?;
        let (width, height) = size(entry.body).map_err(|ended| entry.ended(ended))?;
        let mut colour = Colour::default();
        let mut parameters = ParameterSets::default();
        let boxes: Atoms<'_> = entry.children_after(VISUAL_SAMPLE_ENTRY_LENGTH)?;
        for inner in boxes {
            let inner = inner?;
            match (&inner.kind, codec) {
                (b"avcC", Codec::H264) => {
                    parameters = ParameterSets::from_avcc(inner.body).map_err(|ended| inner.ended(ended))?;
                }
                (b"hvcC", Codec::Hevc) => {
                    parameters = ParameterSets::from_hvcc(inner.body).map_err(|ended| inner.ended(ended))?;
                }
                (b"colr", _) => colour = colr(inner.body).unwrap_or_default().or(colour),
                (b"vpcC", Codec::Vp9) => colour = colour.or(vpcc(inner.body).unwrap_or_default()),
                _ => {}
            }
        }
        if codec != Codec::Vp9 && parameters.length_size() == 0 {
            return Err(entry.damaged("the sample description lacks the decoder's configuration"));
        }
        Ok(Self { codec, width, height, colour, parameters })
    }
}

pub(super) fn size(entry: &[u8]) -> Result<(u32, u32), UnexpectedEnd> {
    let mut fields = Fields::new(entry);
    fields.take(24)?;
    Ok((u32::from(fields.u16()?), u32::from(fields.u16()?)))
}

/// Parses a `colr` box. MP4's `nclx` states the range; QuickTime's `nclc` does not.
fn colr(body: &[u8]) -> Result<Colour, UnexpectedEnd> {
    let mut fields = Fields::new(body);
    let kind = fields.take(4)?;
    if kind != b"nclx" && kind != b"nclc" {
        return Ok(Colour::default());
    }
    let (_primaries, _transfer, matrix) = (fields.u16()?, fields.u16()?, fields.u16()?);
    let full_range = if kind == b"nclx" { Some(fields.u8()? & 0x80 != 0) } else { None };
    Ok(Colour { matrix: Some(matrix), full_range })
}

fn vpcc(body: &[u8]) -> Result<Colour, UnexpectedEnd> {
    let mut fields = Fields::new(body);
    let (_version, _profile, _level) = (fields.u32()?, fields.u8()?, fields.u8()?);
    let full_range = fields.u8()? & 1 != 0;
    let (_primaries, _transfer, matrix) = (fields.u8()?, fields.u8()?, fields.u8()?);
    Ok(Colour { matrix: Some(u16::from(matrix)), full_range: Some(full_range) })
}
