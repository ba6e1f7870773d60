//! The pixels of the frame as a parameter.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use agent_platform::client::ItemType;
#[cfg(feature = "video")]
use agent_platform::media::video::VideoLimits;
use agent_platform::media::{Limits, RgbImage, decode};

use super::file::{MediaFile, media_file, media_item};
use super::told;
use crate::call::EditorCall;
use crate::error::AgentError;
use crate::extract::FromCall;
use crate::needs::Needs;

/// The pixels in front of the annotator: the frame of the payload, of an image, an image group, an image sequence or a video.
/// An [`RgbImage`], which it can be used as: 8 bits of red, green and blue, row by row from the top, turned as the editor
/// shows it.
///
/// Three round trips from the payload to the pixels, four for an image group; all parameters of the call share them.
///
/// A frame that is not there answers 404 with the number of frames, so that `Option<FramePixels>` is `None`; data without
/// pixels, such as a sound, and files that cannot be read, 400. How large images may be is given to the server as state:
/// `.state(media::Limits { pixels: 20_000_000, ..Default::default() })`; larger ones answer 413.
///
/// ```
/// use agent_runtime::prelude::*;
///
/// /// Is it night?
/// #[editor_agent]
/// async fn brightness(frame: FramePixels) -> String {
///     let sum: u64 = frame.as_raw().iter().map(|value| u64::from(*value)).sum();
///     format!("{} of 255", sum / frame.as_raw().len() as u64)
/// }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct FramePixels(Arc<RgbImage>);

impl FramePixels {
    /// For a unit test of an agent: these pixels.
    #[must_use]
    pub fn of(image: RgbImage) -> Self {
        Self(Arc::new(image))
    }

    /// The image by itself, which is a copy if other parameters use it, too.
    #[must_use]
    pub fn into_image(self) -> RgbImage {
        Arc::unwrap_or_clone(self.0)
    }

    /// The image, shared.
    #[must_use]
    pub fn shared(&self) -> &Arc<RgbImage> {
        &self.0
    }
}

impl Deref for FramePixels {
    type Target = RgbImage;

    fn deref(&self) -> &RgbImage {
        &self.0
    }
}

impl fmt::Debug for FramePixels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FramePixels({} x {})", self.0.width(), self.0.height())
    }
}

impl FromCall for FramePixels {
    async fn from_call(call: &EditorCall) -> Result<Self, AgentError> {
        frame(call).await.map(Self)
    }

    fn declare(needs: &mut Needs) {
        needs.platform("pixels of the frame");
    }
}

struct Frame(Arc<RgbImage>);

/// The pixels of the frame, decoded once per call.
pub(super) async fn frame(call: &EditorCall) -> Result<Arc<RgbImage>, AgentError> {
    let decoded = call.once(async || {
        let media = media_item(call).await?;
        if !has_pixels(&media.kind) {
            let needs = "an image, an image group, an image sequence or a video";
            return Err(told::wrong_kind(call.agent(), &media.kind, &media.title, needs));
        }
        media.check_frame()?;
        let file = media_file(call).await?;
        let limits = call.states().get::<Limits>().unwrap_or_default();
        #[cfg(feature = "video")]
        let video_limits = call.states().get::<VideoLimits>().unwrap_or_default();
        #[cfg(not(feature = "video"))]
        let video_limits = ();
        let image = tokio::task::spawn_blocking(move || decoded(&file, &limits, video_limits)).await??;
        Ok(Frame(Arc::new(image)))
    });
    decoded.await.map(|decoded| Arc::clone(&decoded.0))
}

fn has_pixels(kind: &ItemType) -> bool {
    matches!(kind, ItemType::Image | ItemType::ImageGroup | ItemType::ImageSequence | ItemType::Video)
}

#[cfg(not(feature = "video"))]
type VideoLimits = ();

/// Blocks.
fn decoded(file: &MediaFile, limits: &Limits, video_limits: VideoLimits) -> Result<RgbImage, AgentError> {
    let media = &file.media;
    let is_video = media.kind == ItemType::Video || media.kind == ItemType::ImageSequence;
    if is_video && file.image_format()?.is_none() {
        return frame_of_video(file, video_limits);
    }
    if media.frame > 0 {
        return Err(told::no_frame(&media.kind, &media.title, media.frame, 1));
    }
    decode(&file.bytes()?, limits).map_err(|error| told::image(&media.title, error))
}

#[cfg(feature = "video")]
fn frame_of_video(file: &MediaFile, limits: VideoLimits) -> Result<RgbImage, AgentError> {
    let media = &file.media;
    let frame = super::video_frames::open(file, limits)?.frame(media.frame);
    frame.map(|frame| frame.pixels).map_err(|error| told::video(&media.kind, &media.title, error))
}

#[cfg(not(feature = "video"))]
fn frame_of_video(file: &MediaFile, (): VideoLimits) -> Result<RgbImage, AgentError> {
    let title = &file.media.title;
    Err(AgentError::complaint(format!("{title} cannot be read: this build decodes no video (feature `video`).")))
}
