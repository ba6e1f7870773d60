//! Opening a video: its container and its description.

mod frames;

use std::fmt;
use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;

use super::decoder::{self, Stated};
use super::player::{self, Media, Player};
use super::source::Source;
use super::track::Track;
use super::{Codec, Container, FrameSelection, Rotation, VideoError, VideoLimits};
use super::{matroska, mp4};
use crate::media::Cancellation;

pub use frames::{Frames, VideoFrame};

/// An open video, whose frames can be had in any order.
///
/// Opening reads the index of the frames and decodes nothing. While it is open, a video holds that index, the decoder's
/// pictures and a few frames, however long it is. Reading and decoding block: call them where that is allowed. What is
/// not done and what is damaged is said by a [`VideoError`].
///
/// ```no_run
/// use agent_platform::media::video::{FrameSelection, Video};
///
/// let mut video = Video::open("clip.mp4")?;
/// let middle = video.frame(video.frame_count() / 2)?;
/// println!("{} × {} at {:.2} s", middle.pixels.width(), middle.pixels.height(), middle.seconds);
/// for frame in video.frames(FrameSelection::Range(10..20))? {
///     println!("{}", frame?.index);
/// }
/// # Ok::<(), agent_platform::media::video::VideoError>(())
/// ```
pub struct Video {
    pub(super) source: Source,
    pub(super) track: Track,
    limits: VideoLimits,
    /// The size of the frames as they are shown.
    size: (u32, u32),
    player: Player,
    /// The frame that was asked for last.
    last: Option<u64>,
    cancellation: Cancellation,
}

impl Video {
    /// Opens a file with the default limits.
    ///
    /// # Errors
    /// The file cannot be read, is no video that can be decoded here, is truncated or damaged, or exceeds the limits.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, VideoError> {
        Self::from_reader(File::open(path)?, VideoLimits::default())
    }

    /// Opens what is read like a file: a [`File`], or a [`Cursor`](std::io::Cursor) over bytes.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn from_reader(reader: impl Read + Seek + Send + 'static, limits: VideoLimits) -> Result<Self, VideoError> {
        let mut source = Source::new(reader)?;
        let first = source.peek(0, 16)?;
        let mut track = if mp4::begins(first) {
            mp4::open(&mut source, &limits)?
        } else if matroska::begins(first) {
            matroska::open(&mut source, &limits)?
        } else {
            return Err(VideoError::UnknownContainer);
        };
        let stated =
            decoder::stated(&track.description, &limits).map_err(|failure| player::error(&track, 0, failure))?;
        if let Some(Stated { width, height, colour }) = stated {
            let description = &mut track.description;
            (description.width, description.height) = (width, height);
            description.colour = colour.or(description.colour);
        }
        let description = &track.description;
        let size = description.rotation.size(description.width, description.height);
        let (player, cancellation) = (Player::new(), Cancellation::default());
        Ok(Self { source, track, limits, size, player, last: None, cancellation })
    }

    /// Ends the decoding of frames with [`VideoError::Cancelled`] soon after this is cancelled: before the next coded frame.
    #[must_use]
    pub fn cancelled_by(mut self, cancellation: Cancellation) -> Self {
        self.cancellation = cancellation;
        self
    }

    /// Returns the memory that the open video and the decoding of its frames take at most, in bytes: the index, the decoder's
    /// pictures and three frames as RGB. A stream whose pictures become larger than the container says, or than 1280 x 720,
    /// whichever is more, is refused from now on with [`VideoError::TooLarge`].
    pub fn reserve(&mut self) -> u64 {
        /// A picture for each of 20 that a decoder holds, of 3 bytes a pixel, and four frames as RGB.
        const BYTES_EACH_PIXEL: u64 = 20 * 3 + 4 * 3;
        const SMALLEST: u64 = 1280 * 720;
        let description = &self.track.description;
        let pixels = u64::from(description.width) * u64::from(description.height);
        let pixels = self.limits.pixels.min(pixels.max(SMALLEST));
        self.limits.pixels = pixels;
        let coded = self.track.samples.iter().map(|sample| u64::from(sample.size)).max().unwrap_or(0);
        pixels * BYTES_EACH_PIXEL + coded * 3 + self.track.samples.len() as u64 * VideoLimits::BYTES_EACH_FRAME
    }

    /// How many frames the video shows: those that its edit list leaves.
    #[must_use]
    pub fn frame_count(&self) -> u64 {
        self.track.shown.len() as u64
    }

    /// The width of the frames in pixels, as they are shown: after cropping and turning.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.size.0
    }

    /// The height of the frames in pixels, as they are shown: after cropping and turning.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.size.1
    }

    /// How far the coded pictures are turned to be shown. Frames are turned already.
    #[must_use]
    pub fn rotation(&self) -> Rotation {
        self.track.description.rotation
    }

    /// The codec that the frames are coded with.
    #[must_use]
    pub fn codec(&self) -> Codec {
        self.track.description.codec
    }

    /// The format of the file.
    #[must_use]
    pub fn container(&self) -> Container {
        self.track.container
    }

    /// From the first frame to the end of the last, in seconds.
    #[must_use]
    pub fn duration(&self) -> f64 {
        self.track.duration()
    }

    /// Frames a second, on average. `None`: the video does not say how long it is.
    #[must_use]
    pub fn frames_per_second(&self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "frames are numbered in 32 bits")]
        let frames = self.frame_count() as f64;
        Some(self.duration()).filter(|duration| *duration > 0.0).map(|duration| frames / duration)
    }

    /// When a frame is shown, in seconds from the first frame. `None`: there is no such frame.
    #[must_use]
    pub fn seconds_of(&self, frame: u64) -> Option<f64> {
        let shown = self.track.shown.get(usize::try_from(frame).ok()?)?;
        Some(self.track.seconds(*shown))
    }

    /// The frame of an index, counted from 0 in presentation order: what the editor shows as this frame.
    ///
    /// Decoding starts at the nearest key frame before it, or goes on from the frame that was asked for last, and leaves out
    /// what the frame is not built on.
    ///
    /// # Errors
    /// [`VideoError::NoFrame`]; or the frame cannot be read or decoded.
    pub fn frame(&mut self, frame: u64) -> Result<VideoFrame, VideoError> {
        // Someone who goes through the video will want the next frames too, which may be decoded on the way to this one.
        const NEXT: u64 = 16;
        let in_order = self.last.is_some_and(|last| last + 1 == frame);
        self.frame_with(frame, |other| in_order && (frame + 1..=frame + NEXT).contains(&other))
    }

    /// Frames, one after the other.
    ///
    /// # Errors
    /// [`VideoError::NoFrame`]: the video lacks one of the frames.
    pub fn frames(&mut self, selection: impl Into<FrameSelection>) -> Result<Frames<&mut Self>, VideoError> {
        let selected = selection.into().of(self.frame_count())?;
        Ok(Frames::new(self, selected))
    }

    /// Frames, one after the other, with the video inside: to be sent to a thread that decodes.
    ///
    /// # Errors
    /// [`VideoError::NoFrame`]: the video lacks one of the frames.
    pub fn into_frames(self, selection: impl Into<FrameSelection>) -> Result<Frames<Self>, VideoError> {
        let selected = selection.into().of(self.frame_count())?;
        Ok(Frames::new(self, selected))
    }

    /// A frame, and what other frames will be asked for soon.
    pub(super) fn frame_with(&mut self, frame: u64, ahead: impl Fn(u64) -> bool) -> Result<VideoFrame, VideoError> {
        let Self { source, track, limits, player, cancellation, .. } = self;
        let missing = VideoError::NoFrame { frame, frames: track.shown.len() as u64 };
        let shown = usize::try_from(frame).ok().and_then(|frame| track.shown.get(frame)).copied().ok_or(missing)?;
        let mut media = Media { source, track, limits, cancellation };
        let ahead = |sample| track.place(sample).is_some_and(|place| ahead(u64::from(place)));
        let picture = player.picture(&mut media, shown.sample, ahead)?;
        let pixels = picture.rgb().ok_or_else(|| VideoError::Unsupported {
            codec: track.description.codec,
            what: "colours that are not luma and chroma".to_owned(),
        })?;
        self.last = Some(frame);
        let pixels = track.description.rotation.turn(pixels);
        Ok(VideoFrame { index: frame, seconds: track.seconds(shown), pixels })
    }
}

impl fmt::Debug for Video {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Video")
            .field("codec", &self.codec())
            .field("container", &self.container())
            .field("size", &self.size)
            .field("frames", &self.frame_count())
            .finish_non_exhaustive()
    }
}
