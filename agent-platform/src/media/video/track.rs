//! The coded frames of a video and their presentation order.

use super::nal::ParameterSets;
use super::{Codec, Container, Rotation, VideoError};

/// A coded frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sample {
    /// Position of its bytes in the file.
    pub(super) offset: u64,
    pub(super) size: u32,
    /// `true` for a key frame, at which decoding can start.
    pub(super) key: bool,
    /// Presentation time in ticks of the track, before the edit list.
    pub(super) time: i64,
}

/// A frame in presentation order.
#[derive(Debug, Clone, Copy)]
pub(super) struct PresentedFrame {
    /// Index of its sample in decoding order.
    pub(super) sample: u32,
    /// Presentation time in ticks of the track, after the edit list.
    pub(super) time: i64,
}

/// An entry of an edit list: a part of the track that is shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edit {
    /// Presentation time of the part, in ticks.
    pub(super) at: i64,
    /// Start in the track, in ticks.
    pub(super) from: i64,
    /// End in the track, in ticks (exclusive).
    pub(super) until: i64,
}

/// Colour encoding, as code points of ITU-T H.273.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Colour {
    /// Matrix coefficients, if specified.
    pub(super) matrix: Option<u16>,
    /// `true` for full range, `false` for limited range, `None` if unspecified.
    pub(super) full_range: Option<bool>,
}

impl Colour {
    /// Fills unspecified properties from `other`.
    pub(super) fn or(self, other: Self) -> Self {
        Self { matrix: self.matrix.or(other.matrix), full_range: self.full_range.or(other.full_range) }
    }
}

/// The description of a video in its container.
#[derive(Debug)]
pub(super) struct Description {
    pub(super) codec: Codec,
    /// Width of the coded pictures, in pixels.
    pub(super) width: u32,
    pub(super) height: u32,
    /// Duration of a tick, in seconds.
    pub(super) tick: f64,
    pub(super) rotation: Rotation,
    pub(super) colour: Colour,
    /// The decoder configuration of H.264 and HEVC.
    pub(super) parameters: ParameterSets,
}

/// A video track: description, samples and presentation order.
#[derive(Debug)]
pub(super) struct Track {
    pub(super) container: Container,
    pub(super) description: Description,
    /// Samples in decoding order.
    pub(super) samples: Vec<Sample>,
    /// Frames in presentation order.
    pub(super) frames: Vec<PresentedFrame>,
    /// Index in `frames` of each sample, or [`NOT_PRESENTED`].
    frame_of_sample: Vec<u32>,
    /// Indices of the key frames, ascending.
    keys: Vec<u32>,
    /// End of the last frame in ticks, as far as known.
    end: i64,
}

const NOT_PRESENTED: u32 = u32::MAX;

/// The input of [`Track::new`].
pub(super) struct Contents {
    pub(super) samples: Vec<Sample>,
    /// Indices of samples that are decoded and never shown, ascending.
    pub(super) hidden: Vec<u32>,
    /// The edit list. If it is empty, all samples are shown.
    pub(super) edits: Vec<Edit>,
    /// Duration of the last frame, in ticks.
    pub(super) last_duration: i64,
}

impl Contents {
    /// Returns the frames in presentation order, and the end of the last one in ticks.
    pub(super) fn presentation(&self, max_frames: u64) -> Result<(Vec<PresentedFrame>, i64), VideoError> {
        let Self { samples, hidden, edits, last_duration } = self;
        let mut by_time: Vec<u32> = (0..).zip(samples).map(|(index, _)| index).collect();
        by_time.retain(|index| hidden.binary_search(index).is_err());
        by_time.sort_by_key(|index| samples[*index as usize].time);
        let frames = order(samples, &by_time, edits, max_frames)?;
        let end = frames.last().map_or(0, |last| last.time.saturating_add((*last_duration).max(0)));
        Ok((frames, end))
    }
}

impl Track {
    pub(super) fn new(
        container: Container,
        description: Description,
        contents: Contents,
        max_frames: u64,
    ) -> Result<Self, VideoError> {
        let (frames, end) = contents.presentation(max_frames)?;
        let Contents { mut samples, .. } = contents;
        if frames.is_empty() {
            return Err(VideoError::NoVideo { container });
        }
        // Without any key frame in the container, decoding starts at the first sample.
        if let Some(first) = samples.first_mut() {
            first.key = true;
        }
        let mut frame_of_sample = vec![NOT_PRESENTED; samples.len()];
        for (index, frame) in (0..).zip(&frames) {
            let first: &mut u32 = &mut frame_of_sample[frame.sample as usize];
            *first = index.min(*first);
        }
        let keys = (0..).zip(&samples).filter(|(_, sample)| sample.key).map(|(index, _)| index).collect();
        samples.shrink_to_fit();
        Ok(Self { container, description, samples, frames, frame_of_sample, keys, end })
    }

    /// Returns the index of the first frame that shows a sample.
    pub(super) fn frame_index(&self, sample: u32) -> Option<u32> {
        self.frame_of_sample.get(sample as usize).copied().filter(|frame| *frame != NOT_PRESENTED)
    }

    /// Returns the nearest key frame from which a sample can be decoded.
    ///
    /// In an open GOP, frames that precede the key frame in presentation order follow it in decoding order, and also
    /// depend on frames before it. So the key frame must not be presented later than the sample.
    pub(super) fn key_before(&self, sample: u32) -> u32 {
        let until = self.keys.partition_point(|key| *key <= sample);
        let time = self.samples[sample as usize].time;
        let presented_before = |key: &&u32| self.samples[**key as usize].time <= time;
        self.keys[..until].iter().rev().find(presented_before).or(self.keys.first()).copied().unwrap_or(0)
    }

    fn start(&self) -> i64 {
        self.frames.first().map_or(0, |first| first.time)
    }

    /// Returns the presentation time of a frame, in seconds from the first.
    #[expect(clippy::cast_precision_loss, reason = "below 2^53 ticks in any real video")]
    pub(super) fn seconds(&self, frame: PresentedFrame) -> f64 {
        frame.time.saturating_sub(self.start()) as f64 * self.description.tick
    }

    /// Returns the duration of the presentation, in seconds.
    #[expect(clippy::cast_precision_loss, reason = "below 2^53 ticks in any real video")]
    pub(super) fn duration(&self) -> f64 {
        self.end.saturating_sub(self.start()) as f64 * self.description.tick
    }
}

/// Orders the samples as the edit list shows them.
fn order(samples: &[Sample], by_time: &[u32], edits: &[Edit], max: u64) -> Result<Vec<PresentedFrame>, VideoError> {
    let time = |index: &u32| samples[*index as usize].time;
    if edits.is_empty() {
        return Ok(by_time.iter().map(|index| PresentedFrame { sample: *index, time: time(index) }).collect());
    }
    let mut frames = Vec::new();
    for edit in edits {
        let from = by_time.partition_point(|index| time(index) < edit.from);
        let until = by_time.partition_point(|index| time(index) < edit.until);
        let part = by_time.get(from..until).unwrap_or_default();
        let count = (frames.len() + part.len()) as u64;
        if count > max {
            return Err(VideoError::TooLarge { what: "the number of frames", value: count, limit: max });
        }
        let shift = edit.at.saturating_sub(edit.from);
        frames.extend(
            part.iter().map(|index| PresentedFrame { sample: *index, time: time(index).saturating_add(shift) }),
        );
    }
    Ok(frames)
}
