//! Selection of frames.

use std::num::NonZeroU64;
use std::ops::Range;

use super::VideoError;

/// A selection of frames by index, counted from 0 in presentation order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum FrameSelection {
    /// Every frame.
    #[default]
    All,
    /// The first frame, and then every `n`th.
    Every(NonZeroU64),
    /// A half-open range of indices.
    Range(Range<u64>),
    /// These indices, in this order.
    List(Vec<u64>),
}

impl FrameSelection {
    /// Resolves the selection for a video with `frames` frames.
    pub(super) fn resolve(self, frames: u64) -> Result<SelectedFrames, VideoError> {
        let check = |frame: u64| {
            if frame < frames { Ok(()) } else { Err(VideoError::NoFrame { frame, frames }) }
        };
        Ok(match self {
            Self::All => SelectedFrames::Steps { next: 0, end: frames, step: 1 },
            Self::Every(step) => SelectedFrames::Steps { next: 0, end: frames, step: step.get() },
            Self::Range(range) => {
                if !range.is_empty() {
                    check(range.end - 1)?;
                }
                SelectedFrames::Steps { next: range.start, end: range.end, step: 1 }
            }
            Self::List(list) => {
                list.iter().try_for_each(|frame| check(*frame))?;
                let ascending = list.is_sorted();
                SelectedFrames::List { list, at: 0, ascending }
            }
        })
    }
}

impl From<Range<u64>> for FrameSelection {
    fn from(range: Range<u64>) -> Self {
        Self::Range(range)
    }
}

impl From<Vec<u64>> for FrameSelection {
    fn from(list: Vec<u64>) -> Self {
        Self::List(list)
    }
}

/// The existing frames of a selection that are still to be decoded.
#[derive(Debug, Clone)]
pub(super) enum SelectedFrames {
    Steps { next: u64, end: u64, step: u64 },
    List { list: Vec<u64>, at: usize, ascending: bool },
}

/// Number of entries of an unordered list that are searched for frames to decode ahead.
const LOOKAHEAD: usize = 64;

impl SelectedFrames {
    /// Returns `true` if a frame is still to be decoded.
    pub(super) fn contains(&self, frame: u64) -> bool {
        match self {
            Self::Steps { next, end, step } => (*next..*end).contains(&frame) && (frame - next).is_multiple_of(*step),
            Self::List { list, at, ascending: true } => list[*at..].binary_search(&frame).is_ok(),
            Self::List { list, at, ascending: false } => {
                list[*at..].iter().take(LOOKAHEAD).any(|listed| *listed == frame)
            }
        }
    }

    /// Returns the number of remaining frames.
    pub(super) fn remaining(&self) -> usize {
        match self {
            Self::Steps { next, end, step } => {
                usize::try_from(end.saturating_sub(*next).div_ceil(*step)).unwrap_or(usize::MAX)
            }
            Self::List { list, at, .. } => list.len() - at,
        }
    }
}

impl Iterator for SelectedFrames {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        match self {
            Self::Steps { next, end, step } => {
                let frame = *next;
                (frame < *end).then(|| {
                    *next = frame.saturating_add(*step);
                    frame
                })
            }
            Self::List { list, at, .. } => {
                let frame = list.get(*at).copied()?;
                *at += 1;
                Some(frame)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selected(selection: impl Into<FrameSelection>) -> Vec<u64> {
        selection.into().resolve(10).unwrap().collect()
    }

    #[test]
    fn selects_frames_in_order() {
        assert_eq!(selected(FrameSelection::All).len(), 10);
        assert_eq!(selected(FrameSelection::Every(NonZeroU64::new(4).unwrap())), [0, 4, 8]);
        assert_eq!(selected(FrameSelection::Every(NonZeroU64::MAX)), [0]);
        assert_eq!(selected(7..10), [7, 8, 9]);
        assert!(selected(4..4).is_empty());
        assert_eq!(selected(vec![9, 0, 9]), [9, 0, 9]);
    }

    #[test]
    fn knows_remaining_frames() {
        let mut steps = FrameSelection::Every(NonZeroU64::new(3).unwrap()).resolve(10).unwrap();
        assert_eq!((steps.remaining(), steps.next(), steps.remaining()), (4, Some(0), 3));
        assert_eq!([0, 3, 4, 9, 12].map(|frame| steps.contains(frame)), [false, true, false, true, false]);
        for list in [vec![1, 5, 7], vec![1, 7, 5]] {
            let mut list = FrameSelection::List(list).resolve(10).unwrap();
            assert_eq!((list.next(), list.remaining()), (Some(1), 2));
            assert_eq!([1, 5, 7].map(|frame| list.contains(frame)), [false, true, true]);
        }
    }

    #[test]
    fn rejects_missing_frames_with_frame_count() {
        for selection in [FrameSelection::Range(5..11), FrameSelection::List(vec![0, 10])] {
            let error = selection.resolve(10).unwrap_err();
            assert_eq!(error.to_string(), "the video has no frame 10: it has 10 frames, counted from 0");
        }
    }
}
