//! Opening a video and decoding its frames.

mod frames;

use std::fmt;
use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;

use super::decoder::{self, StreamInfo};
use super::player::{self, Media, Player};
use super::source::Source;
use super::track::Track;
use super::{Codec, Container, FrameSelection, Rotation, VideoError, VideoLimits};
use super::{matroska, mp4};
use crate::media::Cancellation;

pub use frames::{Frames, VideoFrame};

/// An open video with random access to its frames.
///
/// Opening reads the frame index and decodes nothing. An open video holds that index, the decoder's pictures and a few
/// frames, independent of its length. Reading and decoding block; in async code, use a blocking thread. A
/// [`VideoError`] reports unsupported features and damage.
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
    /// Size of the frames after cropping and rotation.
    size: (u32, u32),
    player: Player,
    /// Index of the last requested frame.
    last: Option<u64>,
    cancellation: Cancellation,
}

impl Video {
    /// Opens a file with the default limits.
    ///
    /// # Errors
    /// The file cannot be read, is not a supported video, is truncated or damaged, or exceeds the limits.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, VideoError> {
        Self::from_reader(File::open(path)?, VideoLimits::default())
    }

    /// Opens a video from a reader: a [`File`], or a [`Cursor`](std::io::Cursor) over bytes.
    ///
    /// # Errors
    /// See [`open`](Self::open).
    pub fn from_reader(reader: impl Read + Seek + Send + 'static, limits: VideoLimits) -> Result<Self, VideoError> {
        let mut source = Source::new(reader)?;
        let first = source.peek(0, 16)?;
        let mut track = if mp4::is_mp4(first) {
            mp4::open(&mut source, &limits)?
        } else if matroska::is_matroska(first) {
            matroska::open(&mut source, &limits)?
        } else {
            return Err(VideoError::UnknownContainer);
        };
        let stream_info =
            decoder::stream_info(&track.description, &limits).map_err(|failure| player::error(&track, 0, failure))?;
        if let Some(StreamInfo { width, height, colour }) = stream_info {
            let description = &mut track.description;
            (description.width, description.height) = (width, height);
            description.colour = colour.or(description.colour);
        }
        let description = &track.description;
        let size = description.rotation.size(description.width, description.height);
        let (player, cancellation) = (Player::new(), Cancellation::default());
        Ok(Self { source, track, limits, size, player, last: None, cancellation })
    }

    /// Attaches a cancellation flag. Once it is set, decoding fails with [`VideoError::Cancelled`] before the next
    /// coded frame.
    #[must_use]
    pub fn cancelled_by(mut self, cancellation: Cancellation) -> Self {
        self.cancellation = cancellation;
        self
    }

    /// Returns the maximum memory of the open video and the decoding of its frames, in bytes: the index, the decoder's
    /// pictures and three frames as RGB. From then on, a stream whose pictures become larger than the container states,
    /// and larger than 1280 × 720, is rejected with [`VideoError::TooLarge`].
    pub fn reserve(&mut self) -> u64 {
        /// 20 pictures held by the decoder at 3 bytes per pixel, and four RGB frames.
        const BYTES_PER_PIXEL: u64 = 20 * 3 + 4 * 3;
        const MIN_PIXELS: u64 = 1280 * 720;
        let description = &self.track.description;
        let pixels = u64::from(description.width) * u64::from(description.height);
        let pixels = self.limits.pixels.min(pixels.max(MIN_PIXELS));
        self.limits.pixels = pixels;
        let coded = self.track.samples.iter().map(|sample| u64::from(sample.size)).max().unwrap_or(0);
        pixels * BYTES_PER_PIXEL + coded * 3 + self.track.samples.len() as u64 * VideoLimits::BYTES_PER_FRAME
    }

    /// Returns the number of frames after the edit list.
    #[must_use]
    pub fn frame_count(&self) -> u64 {
        self.track.frames.len() as u64
    }

    /// Returns the width of the frames in pixels, after cropping and rotation.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.size.0
    }

    /// Returns the height of the frames in pixels, after cropping and rotation.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.size.1
    }

    /// Returns the rotation from coded pictures to frames. Decoded frames are already rotated.
    #[must_use]
    pub fn rotation(&self) -> Rotation {
        self.track.description.rotation
    }

    /// Returns the codec.
    #[must_use]
    pub fn codec(&self) -> Codec {
        self.track.description.codec
    }

    /// Returns the container format.
    #[must_use]
    pub fn container(&self) -> Container {
        self.track.container
    }

    /// Returns the duration in seconds, from the start of the first frame to the end of the last.
    #[must_use]
    pub fn duration(&self) -> f64 {
        self.track.duration()
    }

    /// Returns the average frame rate. `None` if the duration is unknown.
    #[must_use]
    pub fn frames_per_second(&self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "frames are numbered in 32 bits")]
        let frames = self.frame_count() as f64;
        Some(self.duration()).filter(|duration| *duration > 0.0).map(|duration| frames / duration)
    }

    /// Returns the presentation time of a frame, in seconds from the first frame. `None` if the frame does not exist.
    #[must_use]
    pub fn seconds_of(&self, frame: u64) -> Option<f64> {
        let shown = self.track.frames.get(usize::try_from(frame).ok()?)?;
        Some(self.track.seconds(*shown))
    }

    /// Decodes the frame at an index, counted from 0 in presentation order, as in the editor.
    ///
    /// Decoding starts at the nearest preceding key frame, or continues from the last requested frame. It skips coded
    /// frames that the requested frame does not depend on.
    ///
    /// # Errors
    /// [`VideoError::NoFrame`], or the frame cannot be read or decoded.
    pub fn frame(&mut self, frame: u64) -> Result<VideoFrame, VideoError> {
        // Sequential access is likely to request the next frames too, and these may be decoded on the way to this one.
        const LOOKAHEAD: u64 = 16;
        let in_order = self.last.is_some_and(|last| last + 1 == frame);
        self.frame_with(frame, |other| in_order && (frame + 1..=frame + LOOKAHEAD).contains(&other))
    }

    /// Iterates over the selected frames.
    ///
    /// # Errors
    /// [`VideoError::NoFrame`]: a selected frame does not exist.
    pub fn frames(&mut self, selection: impl Into<FrameSelection>) -> Result<Frames<&mut Self>, VideoError> {
        let selected = selection.into().resolve(self.frame_count())?;
        Ok(Frames::new(self, selected))
    }

    /// Converts the video to an iterator over the selected frames, for example to send it to a decoding thread.
    ///
    /// # Errors
    /// [`VideoError::NoFrame`]: a selected frame does not exist.
    pub fn into_frames(self, selection: impl Into<FrameSelection>) -> Result<Frames<Self>, VideoError> {
        let selected = selection.into().resolve(self.frame_count())?;
        Ok(Frames::new(self, selected))
    }

    /// Decodes a frame. `ahead` returns `true` for frames that will be requested soon.
    pub(super) fn frame_with(&mut self, frame: u64, ahead: impl Fn(u64) -> bool) -> Result<VideoFrame, VideoError> {
        let Self { source, track, limits, player, cancellation, .. } = self;
        let missing = VideoError::NoFrame { frame, frames: track.frames.len() as u64 };
        let shown = usize::try_from(frame).ok().and_then(|frame| track.frames.get(frame)).copied().ok_or(missing)?;
        let mut media = Media { source, track, limits, cancellation };
        let ahead = |sample| track.frame_index(sample).is_some_and(|place| ahead(u64::from(place)));
        let picture = player.picture(&mut media, shown.sample, ahead)?;
        let pixels = picture.rgb().ok_or_else(|| VideoError::Unsupported {
            codec: track.description.codec,
            what: "a colour format other than luma and chroma".to_owned(),
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
