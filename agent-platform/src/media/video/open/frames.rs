//! Iteration over frames.

use std::borrow::BorrowMut;
use std::iter::FusedIterator;

use image::RgbImage;

use super::Video;
use crate::media::video::VideoError;
use crate::media::video::selection::SelectedFrames;

/// A decoded frame.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct VideoFrame {
    /// Index of the frame, counted from 0 in presentation order.
    pub index: u64,
    /// Presentation time, in seconds from the first frame.
    pub seconds: f64,
    /// The pixels: 8-bit RGB, row by row from the top, rotated upright.
    pub pixels: RgbImage,
}

/// An iterator over the selected frames of a video, returned by [`Video::frames`] and [`Video::into_frames`].
///
/// Frames are decoded lazily. Frames in presentation order are decoded once each, whatever their coding order. A
/// damaged frame, and each frame that depends on it, is returned as an error. Decoding recovers at the next key frame.
#[derive(Debug)]
pub struct Frames<V> {
    video: V,
    selected: SelectedFrames,
}

impl<V: BorrowMut<Video>> Frames<V> {
    pub(in crate::media::video) fn new(video: V, selected: SelectedFrames) -> Self {
        Self { video, selected }
    }

    /// Returns the video.
    #[must_use]
    pub fn video(&self) -> &Video {
        self.video.borrow()
    }
}

impl<V: BorrowMut<Video>> Iterator for Frames<V> {
    type Item = Result<VideoFrame, VideoError>;

    fn next(&mut self) -> Option<Self::Item> {
        let frame = self.selected.next()?;
        let selected = &self.selected;
        Some(self.video.borrow_mut().frame_with(frame, |other| selected.contains(other)))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.selected.remaining(), Some(self.selected.remaining()))
    }
}

impl<V: BorrowMut<Video>> ExactSizeIterator for Frames<V> {}

impl<V: BorrowMut<Video>> FusedIterator for Frames<V> {}
