//! The pixels of the frame as a parameter.

use std::fmt;
use std::future::Future;
use std::ops::Deref;
use std::pin::Pin;
use std::sync::Arc;

use agent_platform::client::ItemType;
use agent_platform::media::{CancelOnDrop, Limits, RgbImage, decode_until};
use agent_platform::memory::BytePermit;

use super::file::{MediaFile, media_file, media_item};
use super::media_cache::{Downloaded, FileVersion, MediaCache};
use super::media_error;
use crate::call::EditorCall;
use crate::call::{FromCall, OptionalFromCall};
use crate::error::AgentError;
use crate::platform::PlatformService;
use crate::platform::memory_error::refused;
use crate::requirements::{PayloadMember, Requirements};
use crate::spans;

/// The pixels of the frame in front of the annotator, of an image, an image group, an image sequence or a video, as an [`RgbImage`]:
/// 8 bits of red, green and blue, row by row from the top, rotated as the editor shows it.
///
/// It takes three round trips from the payload to the pixels, four for an image group, and two from the second call on the data unit
/// on. All parameters of the call share them. Later calls on the frame do not decode it again, as long as it is in the cache:
/// `Server::file_cache`.
///
/// A missing frame is a 404 with the number of frames; `Option<FramePixels>` is `None` then. Data without pixels, such as a sound,
/// and unreadable files are a 400. A larger image than the limits allow is a 413; the limits are state of the server:
/// `.state(media::Limits::new().with_pixels(20_000_000))`.
///
/// ```
/// use agent_runtime::prelude::*;
///
/// /// Measures the brightness of the frame.
/// #[editor_agent]
/// async fn brightness(frame: FramePixels) -> String {
///     let sum: u64 = frame.as_raw().iter().map(|value| u64::from(*value)).sum();
///     format!("{} of 255", sum / frame.as_raw().len() as u64)
/// }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct FramePixels(Arc<RgbImage>);

impl FramePixels {
    /// Creates the value from pixels, for a unit test of an agent.
    #[must_use]
    pub fn new(image: RgbImage) -> Self {
        Self(Arc::new(image))
    }

    /// Returns the image. Copies it if other parameters or the cache have it, too.
    #[must_use]
    pub fn into_image(self) -> RgbImage {
        Arc::unwrap_or_clone(self.0)
    }

    /// Returns the shared image.
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

    fn declare(requirements: &mut Requirements) {
        requirements.service("pixels of the frame", &PlatformService);
        requirements.data_unit();
        requirements.payload_member(PayloadMember::FRAME);
    }
}

impl OptionalFromCall for FramePixels {
    async fn from_call_optional(call: &EditorCall) -> Result<Option<Self>, AgentError> {
        AgentError::or_absent(Self::from_call(call).await)
    }
}

/// The decoded frame, and the memory of it for as long as the call.
struct Frame {
    image: Arc<RgbImage>,
    _memory: BytePermit,
}

/// The pixels of the frame, decoded once per call.
pub(super) async fn frame(call: &EditorCall) -> Result<Arc<RgbImage>, AgentError> {
    let decoded = call.once(async || {
        let media = media_item(call).await?;
        if !has_pixels(&media.kind) {
            let needs = "an image, an image group, an image sequence or a video";
            return Err(media_error::wrong_kind(call.agent(), &media.kind, &media.title, needs));
        }
        media.check_frame()?;
        let (cache, version) = (MediaCache::for_call(call)?, FileVersion::from_item(&media.item));
        if let Some(image) = cache.frame(&version, media.frame)
            && let Ok(memory) = call.memory().try_acquire(image.as_raw().len() as u64)
        {
            return Ok(Frame { image, _memory: memory });
        }
        let file = media_file(call).await?;
        let key = Downloaded { version, time: file.downloaded };
        let (image, memory) = pixels(call, file).await?;
        let image = Arc::new(image);
        cache.insert_frame(&key, media.frame, &image);
        Ok(Frame { image, _memory: memory })
    });
    decoded.await.map(|decoded| Arc::clone(&decoded.image))
}

type PixelsWithMemory<'c> = Pin<Box<dyn Future<Output = Result<(RgbImage, BytePermit), AgentError>> + Send + 'c>>;

/// The pixels and their memory. Boxed, because the futures of parameters are nested deeply.
fn pixels(call: &EditorCall, file: Arc<MediaFile>) -> PixelsWithMemory<'_> {
    Box::pin(async move {
        match is_video(call, &file).await? {
            true => frame_of_video(call, file).await,
            false => image(call, file).await,
        }
    })
}

/// Returns `true` if the file is a video: that of an image sequence may be an image. A file on the disk is read on a blocking thread.
async fn is_video(call: &EditorCall, file: &Arc<MediaFile>) -> Result<bool, AgentError> {
    if !matches!(file.media.kind, ItemType::Video | ItemType::ImageSequence) {
        return Ok(false);
    }
    if file.file.in_memory().is_some() {
        return Ok(file.image_format()?.is_none());
    }
    let file = Arc::clone(file);
    Ok(call.spawn_blocking(move || file.image_format()).await??.is_none())
}

/// Reads the header, waits for the memory that decoding takes, and decodes. The permit goes with the work, and what the image
/// itself does not take is given back. A call that is given up cancels the work.
async fn image(call: &EditorCall, file: Arc<MediaFile>) -> Result<(RgbImage, BytePermit), AgentError> {
    let media = Arc::clone(&file.media);
    if media.frame > 0 {
        return Err(media_error::no_frame(&media.kind, &media.title, media.frame, 1));
    }
    let limits = call.states().get::<Limits>().unwrap_or_default();
    let info = {
        let file = Arc::clone(&file);
        call.spawn_blocking(move || file.inspect(&limits)).await??
    };
    let acquired = call.memory().acquire(info.memory).await;
    let mut memory = acquired.map_err(|error| refused(&media.title, error))?;
    let cancellation = CancelOnDrop::default();
    let cancelled = cancellation.cancellation();
    let decoded = move || {
        let bytes = file.bytes()?;
        let image = spans::decoding().in_scope(|| decode_until(&bytes, &limits, &cancelled));
        let image = image.map_err(|error| media_error::image(&file.media.title, error))?;
        memory.shrink(info.decoded_bytes());
        Ok((image, memory))
    };
    call.spawn_blocking(decoded).await?
}

fn has_pixels(kind: &ItemType) -> bool {
    matches!(kind, ItemType::Image | ItemType::ImageGroup | ItemType::ImageSequence | ItemType::Video)
}

#[cfg(feature = "video")]
async fn frame_of_video(call: &EditorCall, file: Arc<MediaFile>) -> Result<(RgbImage, BytePermit), AgentError> {
    let media = Arc::clone(&file.media);
    let (video, mut memory) = super::open_video::open(call, &file).await?;
    let cancellation = CancelOnDrop::default();
    let mut video = video.cancelled_by(cancellation.cancellation());
    let decoded = move || {
        let frame = spans::decoding().in_scope(|| video.frame(media.frame));
        let frame = frame.map_err(|error| media_error::video(&media.kind, &media.title, error))?;
        drop((video, file));
        memory.shrink(frame.pixels.as_raw().len() as u64);
        Ok((frame.pixels, memory))
    };
    call.spawn_blocking(decoded).await?
}

#[cfg(not(feature = "video"))]
async fn frame_of_video(_call: &EditorCall, file: Arc<MediaFile>) -> Result<(RgbImage, BytePermit), AgentError> {
    let title = &file.media.title;
    Err(AgentError::complaint(format!("{title} cannot be read: this build decodes no video (feature `video`).")))
}
