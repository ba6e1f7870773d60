//! HEVC decoding with the crate `rusty_h265`.

use std::sync::Arc;

use rusty_h265::frame::Plane;
use rusty_h265::{Error, nal, ps};

use super::super::VideoLimits;
use super::super::nal::ParameterSets;
use super::super::picture::{Picture, Samples};
use super::super::track::{Colour, Description};
use super::{Decode, Failure, StreamInfo, catch_panic};

const SEQUENCE_PARAMETERS: u8 = 33;

/// A truncated slice header with `first_slice_segment_in_pic_flag` set. It makes the decoder finish the previous
/// picture, and is rejected itself. Without it, a picture would only be available after the next sample.
const NEXT_PICTURE: [u8; 3] = [1 << 1, 1, 0x80];

pub(super) struct Decoder {
    inner: rusty_h265::Decoder,
    parameters: ParameterSets,
    container: Colour,
    colour: Colour,
    /// The number of the next sample. The decoder returns it with the picture.
    number: i64,
}

impl Decoder {
    pub(super) fn new(description: &Description, limits: &VideoLimits) -> Result<Self, Failure> {
        let mut decoder = Self {
            inner: rusty_h265::Decoder::new(),
            parameters: description.parameters.clone(),
            container: description.colour,
            colour: Colour::default(),
            number: 0,
        };
        for unit in &description.parameters.units {
            decoder.push(unit, None, limits)?;
        }
        Ok(decoder)
    }

    fn push(&mut self, unit: &[u8], number: Option<i64>, limits: &VideoLimits) -> Result<(), Failure> {
        if kind(unit) == Some(SEQUENCE_PARAMETERS) {
            self.colour = checked(unit, limits)?.colour;
        }
        self.inner.push_nal(unit, number).map_err(|error| failure(&error))
    }

    fn run(&mut self, sample: &[u8], wanted: bool, limits: &VideoLimits) -> Result<Option<Picture>, Failure> {
        let number = self.number;
        self.number += 1;
        let parameters = std::mem::take(&mut self.parameters);
        let mut pushed = Ok(());
        for unit in parameters.units(sample) {
            let unit = unit.map_err(|_| Failure::Damaged("a NAL unit is longer than its sample".to_owned()));
            pushed = unit.and_then(|unit| self.push(unit, Some(number), limits));
            if pushed.is_err() {
                break;
            }
        }
        self.parameters = parameters;
        pushed?;
        // The decoder rejects this truncated slice, as intended.
        let _ = self.inner.push_nal(&NEXT_PICTURE, None);
        self.picture(number, wanted)
    }

    /// Returns the picture of a sample: already output, or still held for reference or output.
    fn picture(&mut self, number: i64, wanted: bool) -> Result<Option<Picture>, Failure> {
        let mut found = None;
        while let Ok(frame) = self.inner.next_frame() {
            if frame.pts == Some(number) {
                found = Some(frame.picture);
            }
        }
        let held = || self.inner.dpb().iter().find(|held| held.pts == Some(number)).map(|held| Arc::clone(&held.pic));
        let picture =
            found.or_else(held).ok_or_else(|| Failure::Damaged("a reference picture is missing".to_owned()))?;
        if wanted { cropped(&picture, self.colour.or(self.container)).map(Some) } else { Ok(None) }
    }
}

impl Decode for Decoder {
    fn decode(&mut self, sample: &[u8], wanted: bool, limits: &VideoLimits) -> Result<Option<Picture>, Failure> {
        catch_panic(|| self.run(sample, wanted, limits))
    }

    fn disposable(&self, sample: &[u8]) -> bool {
        self.parameters.hevc_disposable(sample)
    }
}

fn cropped(picture: &rusty_h265::frame::Picture, colour: Colour) -> Result<Picture, Failure> {
    let (left, top, width, height) = picture.crop;
    let halved = match picture.chroma_format_idc {
        1 => (true, true),
        2 => (true, false),
        3 => (false, false),
        _ => return Err(Failure::Unsupported("monochrome pictures".to_owned())),
    };
    let side = |length: usize, half: bool| if half { length.div_ceil(2) } else { length };
    let chroma = (side(width, halved.0), side(height, halved.1));
    let at = |x: usize, half: bool| if half { x / 2 } else { x };
    let planes = [
        (&picture.planes[0], left, top, width, height),
        (&picture.planes[1], at(left, halved.0), at(top, halved.1), chroma.0, chroma.1),
        (&picture.planes[2], at(left, halved.0), at(top, halved.1), chroma.0, chroma.1),
    ];
    let depth = picture.bit_depth_luma;
    if picture.bit_depth_chroma != depth {
        return Err(Failure::Unsupported("luma and chroma of different depths".to_owned()));
    }
    let samples = if depth == 8 {
        // The decoder stores 8-bit samples as 16 bits.
        Samples::Bytes(planes.map(|plane| part(plane, |sample| sample.to_le_bytes()[0])))
    } else {
        Samples::Words(planes.map(|plane| part(plane, |sample| sample)))
    };
    Ok(Picture { width, height, depth, halved, strides: [width, chroma.0, chroma.0], samples, colour })
}

/// Copies a rectangle of a plane, given by left, top, width and height.
fn part<T>((plane, left, top, width, height): (&Plane, usize, usize, usize, usize), as_needed: fn(u16) -> T) -> Vec<T> {
    let mut out = Vec::with_capacity(width * height);
    for y in top..top + height {
        let row = plane.row(y).get(left..left + width).unwrap_or_default();
        out.extend(row.iter().map(|sample| as_needed(*sample)));
    }
    out
}

fn kind(unit: &[u8]) -> Option<u8> {
    unit.first().map(|first| first >> 1 & 63)
}

/// Parses size and colour from the first sequence parameter set.
pub(super) fn stream_info(parameters: &ParameterSets, limits: &VideoLimits) -> Result<Option<StreamInfo>, Failure> {
    let sequence = parameters.units.iter().find(|unit| kind(unit) == Some(SEQUENCE_PARAMETERS));
    sequence.map(|unit| checked(unit, limits)).transpose()
}

fn checked(unit: &[u8], limits: &VideoLimits) -> Result<StreamInfo, Failure> {
    let payload = nal::unescape(unit.get(2..).unwrap_or_default());
    let sequence = ps::parse_sps(&payload.data).map_err(|error| failure(&error))?;
    limits.check_size(sequence.width, sequence.height)?;
    let (width, height) = sequence.output_size();
    let colour = sequence.vui.as_ref().map_or(Colour::default(), |vui| Colour {
        // 2 means "unspecified"; it is also the default.
        matrix: Some(u16::from(vui.matrix_coeffs)).filter(|matrix| *matrix != 2),
        full_range: Some(vui.video_full_range_flag),
    });
    Ok(StreamInfo { width, height, colour })
}

fn failure(error: &Error) -> Failure {
    match error {
        Error::Unsupported(what) => Failure::Unsupported(what.clone()),
        Error::Unimplemented(what) => Failure::Unsupported((*what).to_owned()),
        _ => Failure::Damaged(error.to_string()),
    }
}
