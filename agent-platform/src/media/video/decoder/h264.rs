//! H.264 decoding with the crate `rusty_h264-decoder`.

use rusty_h264_decoder::DecodeError;

use super::super::VideoLimits;
use super::super::nal::ParameterSets;
use super::super::picture::{Picture, Samples};
use super::super::track::{Colour, Description};
use super::{Decode, Failure, StreamInfo, catch_panic, h264_sps};

const START_CODE: [u8; 4] = [0, 0, 0, 1];
const SEQUENCE_PARAMETERS: u8 = 7;

pub(super) struct Decoder {
    inner: rusty_h264_decoder::Decoder,
    parameters: ParameterSets,
    /// Colour according to the container.
    container: Colour,
    colour: Colour,
    /// The sample in Annex B format: start codes instead of lengths.
    stream: Vec<u8>,
}

impl Decoder {
    pub(super) fn new(description: &Description, limits: &VideoLimits) -> Result<Self, Failure> {
        let mut decoder = Self {
            inner: rusty_h264_decoder::Decoder::new(),
            parameters: description.parameters.clone(),
            container: description.colour,
            colour: Colour::default(),
            stream: Vec::new(),
        };
        let units = std::mem::take(&mut decoder.parameters.units);
        for unit in &units {
            decoder.append(unit, limits)?;
        }
        decoder.parameters.units = units;
        decoder.inner.decode(&decoder.stream).map_err(|error| failure(&error))?;
        Ok(decoder)
    }

    fn append(&mut self, unit: &[u8], limits: &VideoLimits) -> Result<(), Failure> {
        if unit.first().is_some_and(|first| first & 31 == SEQUENCE_PARAMETERS) {
            self.colour = checked(unit, limits)?.colour;
        }
        self.stream.extend_from_slice(&START_CODE);
        self.stream.extend_from_slice(unit);
        Ok(())
    }
}

impl Decode for Decoder {
    fn decode(&mut self, sample: &[u8], wanted: bool, limits: &VideoLimits) -> Result<Option<Picture>, Failure> {
        self.stream.clear();
        let units = ParameterSets::units(&self.parameters, sample);
        for unit in units {
            let unit = unit.map_err(|_| Failure::Damaged("a NAL unit is longer than its sample".to_owned()))?;
            self.append(unit, limits)?;
        }
        let (inner, stream) = (&mut self.inner, &self.stream);
        let frame = catch_panic(|| inner.decode(stream).map_err(|error| failure(&error)))?
            .ok_or_else(|| Failure::Damaged("a part of the picture is missing".to_owned()))?;
        if !wanted {
            return Ok(None);
        }
        let chroma_width = frame.width.div_ceil(2);
        Ok(Some(Picture {
            width: frame.width,
            height: frame.height,
            depth: 8,
            halved: (true, true),
            strides: [frame.width, chroma_width, chroma_width],
            samples: Samples::Bytes([frame.y, frame.u, frame.v]),
            colour: self.colour.or(self.container),
        }))
    }

    fn disposable(&self, sample: &[u8]) -> bool {
        self.parameters.h264_disposable(sample)
    }
}

/// Parses size and colour from the first sequence parameter set.
pub(super) fn stream_info(parameters: &ParameterSets, limits: &VideoLimits) -> Result<Option<StreamInfo>, Failure> {
    let is_sequence = |unit: &&Vec<u8>| unit.first().is_some_and(|first| first & 31 == SEQUENCE_PARAMETERS);
    parameters.units.iter().find(is_sequence).map(|unit| checked(unit, limits)).transpose()
}

fn checked(unit: &[u8], limits: &VideoLimits) -> Result<StreamInfo, Failure> {
    let stream_info =
        h264_sps::read(unit).ok_or_else(|| Failure::Damaged("a sequence parameter set is malformed".to_owned()))?;
    limits.check_size(stream_info.width, stream_info.height)?;
    Ok(stream_info)
}

fn failure(error: &DecodeError) -> Failure {
    match error {
        DecodeError::Unsupported(_) => Failure::Unsupported(error.to_string()),
        _ => Failure::Damaged(error.to_string()),
    }
}
