//! VP9 decoding with the crate `rusty_vp9`.

use rusty_vp9::{DecodedFrame, Error, Vp9Decoder};

use super::super::VideoLimits;
use super::super::picture::{Picture, Samples};
use super::super::track::{Colour, Description};
use super::{Decode, Failure, catch_panic, vp9_header};

pub(super) struct Decoder {
    inner: Vp9Decoder,
    container: Colour,
    colour: Colour,
}

impl Decoder {
    pub(super) fn new(description: &Description) -> Self {
        Self { inner: Vp9Decoder::new(), container: description.colour, colour: Colour::default() }
    }
}

impl Decode for Decoder {
    fn decode(&mut self, sample: &[u8], wanted: bool, limits: &VideoLimits) -> Result<Option<Picture>, Failure> {
        for frame in vp9_header::frames(sample) {
            if let Some(info) = vp9_header::frame_info(frame) {
                limits.check_size(info.width, info.height)?;
                self.colour = info.colour.unwrap_or(self.colour);
            }
        }
        let inner = &mut self.inner;
        let shown = catch_panic(|| {
            inner.push(sample, None).map_err(|error| failure(&error))?;
            // A hidden frame is decoded and then reports `Again`. A sample holds at most 8 frames.
            let mut shown = None;
            for _ in vp9_header::frames(sample) {
                match inner.next_frame() {
                    Ok(frame) => shown = Some(frame),
                    Err(Error::Again) => {}
                    Err(error) => return Err(failure(&error)),
                }
            }
            Ok(shown)
        })?;
        let shown = shown.ok_or_else(|| Failure::Damaged("a sample shows no picture".to_owned()))?;
        if wanted { picture(shown, self.colour.or(self.container)).map(Some) } else { Ok(None) }
    }

    /// Returns `false`: a frame also passes entropy state on to later frames.
    fn disposable(&self, _sample: &[u8]) -> bool {
        false
    }
}

fn picture(frame: DecodedFrame, colour: Colour) -> Result<Picture, Failure> {
    let malformed = || Failure::Damaged("a picture does not have three planes".to_owned());
    let planes: [Vec<u8>; 3] = frame.planes.try_into().map_err(|_| malformed())?;
    let strides: [usize; 3] = frame.strides.try_into().map_err(|_| malformed())?;
    let depth = u8::try_from(frame.bit_depth).map_err(|_| malformed())?;
    let word = |pair: &[u8]| pair.first_chunk().map_or(0, |pair| u16::from_le_bytes(*pair));
    let (samples, strides) = if depth == 8 {
        (Samples::Bytes(planes), strides)
    } else {
        let words = planes.map(|plane| plane.chunks_exact(2).map(word).collect());
        (Samples::Words(words), strides.map(|stride| stride / 2))
    };
    let (width, height) = (frame.width as usize, frame.height as usize);
    let halved = (frame.subsampling_x == 1, frame.subsampling_y == 1);
    Ok(Picture { width, height, depth, halved, strides, samples, colour })
}

fn failure(error: &Error) -> Failure {
    match error {
        Error::Unsupported(what) => Failure::Unsupported(what.clone()),
        Error::Unimplemented(what) => Failure::Unsupported((*what).to_owned()),
        _ => Failure::Damaged(error.to_string()),
    }
}
