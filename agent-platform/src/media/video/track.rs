//! The coded frames of a video, and the order in which they are shown.

use super::nal::ParameterSets;
use super::{Codec, Container, Rotation, VideoError};

/// One coded frame, at its place in decoding order.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sample {
    /// Where its bytes are in the file.
    pub(super) offset: u64,
    pub(super) size: u32,
    /// Decoding can start here.
    pub(super) key: bool,
    /// When it is shown, in ticks of the track, before the edit list.
    pub(super) time: i64,
}

/// A frame, at its place in presentation order.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shown {
    /// Its index in decoding order.
    pub(super) sample: u32,
    /// When it is shown, in ticks of the track, after the edit list.
    pub(super) time: i64,
}

/// What an edit list shows: the samples of a stretch of the track.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edit {
    /// When the stretch is shown, in ticks.
    pub(super) at: i64,
    /// Where it begins in the track, in ticks.
    pub(super) from: i64,
    /// Where it ends; what is at the end is not shown.
    pub(super) until: i64,
}

/// How numbers stand for colours, as the code points of ITU-T H.273 say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Colour {
    /// The matrix coefficients, if they are said.
    pub(super) matrix: Option<u16>,
    /// Whether samples use the whole range, if that is said.
    pub(super) full_range: Option<bool>,
}

impl Colour {
    /// This, and what it leaves open from the other.
    pub(super) fn or(self, other: Self) -> Self {
        Self { matrix: self.matrix.or(other.matrix), full_range: self.full_range.or(other.full_range) }
    }
}

/// What the container says of the video and how it is coded.
#[derive(Debug)]
pub(super) struct Description {
    pub(super) codec: Codec,
    /// The size of the pictures as they are coded, in pixels.
    pub(super) width: u32,
    pub(super) height: u32,
    /// How long a tick of the track is, in seconds.
    pub(super) tick: f64,
    pub(super) rotation: Rotation,
    pub(super) colour: Colour,
    /// What H.264 and HEVC samples are read with.
    pub(super) parameters: ParameterSets,
}

/// A video track: its description, its samples and the order of its frames.
#[derive(Debug)]
pub(super) struct Track {
    pub(super) container: Container,
    pub(super) description: Description,
    /// In decoding order.
    pub(super) samples: Vec<Sample>,
    /// In presentation order.
    pub(super) shown: Vec<Shown>,
    /// Where each sample is in `shown`, if it is shown.
    place: Vec<u32>,
    /// The samples at which decoding can start, ascending.
    keys: Vec<u32>,
    /// The end of the last frame in ticks, as far as it is known.
    end: i64,
}

const NOT_SHOWN: u32 = u32::MAX;

/// What [`Track::new`] is given: samples in decoding order, which of them are never shown, and edits.
pub(super) struct Contents {
    pub(super) samples: Vec<Sample>,
    /// Samples that are decoded and never shown, ascending.
    pub(super) hidden: Vec<u32>,
    /// Without edits, all samples are shown as they are.
    pub(super) edits: Vec<Edit>,
    /// How long the last frame is shown, in ticks.
    pub(super) last_duration: i64,
}

impl Contents {
    /// Returns the frames in presentation order, and the end of the last one in ticks.
    pub(super) fn presentation(&self, most_frames: u64) -> Result<(Vec<Shown>, i64), VideoError> {
        let Self { samples, hidden, edits, last_duration } = self;
        let mut by_time: Vec<u32> = (0..).zip(samples).map(|(index, _)| index).collect();
        by_time.retain(|index| hidden.binary_search(index).is_err());
        by_time.sort_by_key(|index| samples[*index as usize].time);
        let shown = order(samples, &by_time, edits, most_frames)?;
        let end = shown.last().map_or(0, |last| last.time.saturating_add((*last_duration).max(0)));
        Ok((shown, end))
    }
}

impl Track {
    pub(super) fn new(
        container: Container,
        description: Description,
        contents: Contents,
        most_frames: u64,
    ) -> Result<Self, VideoError> {
        let (shown, end) = contents.presentation(most_frames)?;
        let Contents { mut samples, .. } = contents;
        if shown.is_empty() {
            return Err(VideoError::NoVideo { container });
        }
        // A container that names no key frame at all is read from its start.
        if let Some(first) = samples.first_mut() {
            first.key = true;
        }
        let mut place = vec![NOT_SHOWN; samples.len()];
        for (index, one) in (0..).zip(&shown) {
            let place: &mut u32 = &mut place[one.sample as usize];
            *place = index.min(*place);
        }
        let keys = (0..).zip(&samples).filter(|(_, sample)| sample.key).map(|(index, _)| index).collect();
        samples.shrink_to_fit();
        Ok(Self { container, description, samples, shown, place, keys, end })
    }

    /// Where in presentation order a sample is first shown.
    pub(super) fn place(&self, sample: u32) -> Option<u32> {
        self.place.get(sample as usize).copied().filter(|place| *place != NOT_SHOWN)
    }

    /// The nearest sample from which a sample can be decoded.
    ///
    /// After a key frame in the middle of an open group come frames that are shown before it and built on what was before
    /// it too, so that the key frame must not be shown later than the sample.
    pub(super) fn key_before(&self, sample: u32) -> u32 {
        let until = self.keys.partition_point(|key| *key <= sample);
        let time = self.samples[sample as usize].time;
        let shown_before = |key: &&u32| self.samples[**key as usize].time <= time;
        self.keys[..until].iter().rev().find(shown_before).or(self.keys.first()).copied().unwrap_or(0)
    }

    fn start(&self) -> i64 {
        self.shown.first().map_or(0, |first| first.time)
    }

    /// When a frame is shown, in seconds from the first.
    #[expect(clippy::cast_precision_loss, reason = "below 2^53 ticks in any real video")]
    pub(super) fn seconds(&self, shown: Shown) -> f64 {
        shown.time.saturating_sub(self.start()) as f64 * self.description.tick
    }

    /// The length of the presentation, in seconds.
    #[expect(clippy::cast_precision_loss, reason = "below 2^53 ticks in any real video")]
    pub(super) fn duration(&self) -> f64 {
        self.end.saturating_sub(self.start()) as f64 * self.description.tick
    }
}

/// The samples in the order in which the edits show them.
fn order(samples: &[Sample], by_time: &[u32], edits: &[Edit], most: u64) -> Result<Vec<Shown>, VideoError> {
    let time = |index: &u32| samples[*index as usize].time;
    if edits.is_empty() {
        return Ok(by_time.iter().map(|index| Shown { sample: *index, time: time(index) }).collect());
    }
    let mut shown = Vec::new();
    for edit in edits {
        let from = by_time.partition_point(|index| time(index) < edit.from);
        let until = by_time.partition_point(|index| time(index) < edit.until);
        let stretch = by_time.get(from..until).unwrap_or_default();
        let frames = (shown.len() + stretch.len()) as u64;
        if frames > most {
            return Err(VideoError::TooLarge { what: "the number of frames", value: frames, limit: most });
        }
        let shift = edit.at.saturating_sub(edit.from);
        shown.extend(stretch.iter().map(|index| Shown { sample: *index, time: time(index).saturating_add(shift) }));
    }
    Ok(shown)
}
