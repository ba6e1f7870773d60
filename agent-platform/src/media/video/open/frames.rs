//! Frames, one after the other.

use std::borrow::BorrowMut;
use std::iter::FusedIterator;

use image::RgbImage;

use super::Video;
use crate::media::video::VideoError;
use crate::media::video::selection::Selected;

/// One frame of a video.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct VideoFrame {
    /// Which frame it is, counted from 0 in presentation order.
    pub index: u64,
    /// When it is shown, in seconds from the first frame.
    pub seconds: f64,
    /// Its pixels: RGB with 8 bits each, row by row from the top, upright as the video is shown.
    pub pixels: RgbImage,
}

/// The selected frames of a video: of [`Video::frames`] and [`Video::into_frames`].
///
/// Each frame is decoded when it is asked for. Frames that are asked for in presentation order are decoded once, whatever the
/// order that they are coded in. A damaged frame is an error in its place, and so are those built on it; the frames after
/// the next key frame come as usual.
#[derive(Debug)]
pub struct Frames<V> {
    video: V,
    selected: Selected,
}

impl<V: BorrowMut<Video>> Frames<V> {
    pub(in crate::media::video) fn new(video: V, selected: Selected) -> Self {
        Self { video, selected }
    }

    /// The video that the frames are of.
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
        Some(self.video.borrow_mut().frame_with(frame, |other| selected.has(other)))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.selected.left(), Some(self.selected.left()))
    }
}

impl<V: BorrowMut<Video>> ExactSizeIterator for Frames<V> {}

impl<V: BorrowMut<Video>> FusedIterator for Frames<V> {}
