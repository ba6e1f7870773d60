//! The frames of a video as a parameter.

use std::fmt;
use std::num::NonZeroU64;
use std::ops::Range;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use agent_platform::client::ItemType;
use agent_platform::media::CancelOnDrop;
use agent_platform::media::video::{FrameSelection, Video, VideoFrame};
use agent_platform::memory::BytePermit;
use futures_util::Stream;
use tokio::sync::mpsc;
use tracing::Span;

use super::file::{MediaFile, media_file, media_item};
use super::media_error;
use super::open_video;
use crate::call::EditorCall;
use crate::call::FromCall;
use crate::call_permit::WeakPermit;
use crate::error::AgentError;
use crate::platform::PlatformService;
use crate::requirements::Requirements;
use crate::spans;

/// Maximum number of decoded frames that wait for the agent. A frame of a large video has tens of megabytes.
const AHEAD: usize = 2;

/// The frames of the video. A thread decodes them no faster than the agent takes them, so that memory stays bounded.
///
/// Data that is no video is a 400, a missing frame a 404 with the number of frames. The limits of videos are state of the server,
/// of the type `VideoLimits`; a larger video is a 413.
///
/// ```
/// use agent_runtime::prelude::*;
///
/// #[editor_agent]
/// async fn brightest(video: VideoFrames) -> Result<String> {
///     let (mut best, mut frames) = ((0, 0), video.every(30)?);
///     while let Some(frame) = frames.next().await {
///         let frame = frame?;
///         let sum: u64 = frame.pixels.as_raw().iter().map(|value| u64::from(*value)).sum();
///         best = best.max((sum, frame.index));
///     }
///     Ok(format!("Frame {} is the brightest of every thirtieth.", best.1))
/// }
/// ```
pub struct VideoFrames {
    video: Video,
    kind: ItemType,
    title: String,
    /// Kept for as long as the video is open.
    file: Option<Arc<MediaFile>>,
    /// The memory of the open video and its decoder.
    memory: Option<BytePermit>,
    permit: WeakPermit,
}

impl VideoFrames {
    /// Creates the value from a video, for a unit test of an agent.
    #[must_use]
    pub fn new(video: Video) -> Self {
        Self {
            video,
            kind: ItemType::Video,
            title: "video".to_owned(),
            file: None,
            memory: None,
            permit: WeakPermit::default(),
        }
    }

    /// Returns the number of frames.
    #[must_use]
    pub fn frame_count(&self) -> u64 {
        self.video.frame_count()
    }

    /// Returns the open video: its properties, and single frames.
    #[must_use]
    pub fn video(&self) -> &Video {
        &self.video
    }

    /// Returns all frames.
    ///
    /// # Errors
    /// As [`Self::select`].
    pub fn all(self) -> Result<FrameStream, AgentError> {
        self.select(FrameSelection::All)
    }

    /// Returns the first frame, and then every `step`-th; 0 counts as 1.
    ///
    /// # Errors
    /// As [`Self::select`].
    pub fn every(self, step: u64) -> Result<FrameStream, AgentError> {
        self.select(FrameSelection::Every(NonZeroU64::new(step).unwrap_or(NonZeroU64::MIN)))
    }

    /// Returns these frames, in this order.
    ///
    /// # Errors
    /// As [`Self::select`].
    pub fn list(self, frames: impl IntoIterator<Item = u64>) -> Result<FrameStream, AgentError> {
        self.select(FrameSelection::List(frames.into_iter().collect()))
    }

    /// Returns the frames of a half-open range.
    ///
    /// # Errors
    /// As [`Self::select`].
    pub fn range(self, frames: Range<u64>) -> Result<FrameStream, AgentError> {
        self.select(FrameSelection::Range(frames))
    }

    /// Starts to decode the selected frames.
    ///
    /// # Errors
    /// 404 with the number of frames if a frame is missing.
    pub fn select(self, frames: FrameSelection) -> Result<FrameStream, AgentError> {
        let Self { video, kind, title, file, memory, permit } = self;
        let cancellation = CancelOnDrop::default();
        let video = video.cancelled_by(cancellation.cancellation());
        let frames = video.into_frames(frames).map_err(|error| media_error::video(&kind, &title, error))?;
        let (sender, receiver) = mpsc::channel(AHEAD);
        let (guard, span) = (permit.guard(), Span::current());
        tokio::task::spawn_blocking(move || {
            let (_kept, _entered) = ((file, memory, guard), span.enter());
            let mut frames = frames;
            while let Some(frame) = spans::decoding().in_scope(|| frames.next()) {
                let frame = frame.map_err(|error| media_error::video(&kind, &title, error));
                // The agent has what it wants.
                if sender.blocking_send(Decoded::Frame(frame)).is_err() {
                    return;
                }
            }
            // Nobody who waits for it is nobody to tell.
            let _ = sender.blocking_send(Decoded::All);
        });
        Ok(FrameStream { receiver, ended: false, _cancellation: cancellation })
    }
}

/// A message of the decoding thread.
enum Decoded {
    Frame(Result<VideoFrame, AgentError>),
    /// The last frame was sent.
    All,
}

/// A stream of decoded frames, from [`VideoFrames`]. Take them with [`next`](Self::next), or as a `futures` stream. Dropping it
/// stops the decoder.
pub struct FrameStream {
    receiver: mpsc::Receiver<Decoded>,
    ended: bool,
    /// Ends the decoding of the frame that nobody waits for.
    _cancellation: CancelOnDrop,
}

impl FrameStream {
    /// Returns the next frame; `None` after the last. A damaged frame is an error in its place; later frames may follow.
    pub async fn next(&mut self) -> Option<Result<VideoFrame, AgentError>> {
        std::future::poll_fn(|context| self.poll(context)).await
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<VideoFrame, AgentError>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let decoded = ready!(self.receiver.poll_recv(context));
        if let Some(Decoded::Frame(frame)) = decoded {
            return Poll::Ready(Some(frame));
        }
        self.ended = true;
        // A thread that ends without a word has panicked.
        Poll::Ready(decoded.is_none().then(|| Err(AgentError::internal("the decoder of the video has panicked"))))
    }
}

impl Stream for FrameStream {
    type Item = Result<VideoFrame, AgentError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll(context)
    }
}

impl fmt::Debug for FrameStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FrameStream").field("ended", &self.ended).finish_non_exhaustive()
    }
}

impl fmt::Debug for VideoFrames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VideoFrames({} frames of {})", self.frame_count(), self.title)
    }
}

impl FromCall for VideoFrames {
    async fn from_call(call: &EditorCall) -> Result<Self, AgentError> {
        let media = media_item(call).await?;
        if !matches!(media.kind, ItemType::Video | ItemType::ImageSequence) {
            return Err(media_error::wrong_kind(call.agent(), &media.kind, &media.title, "a video"));
        }
        let file = media_file(call).await?;
        let (video, memory) = open_video::open(call, &file).await?;
        let (kind, title, permit) = (media.kind.clone(), media.title.clone(), call.weak_permit());
        Ok(Self { video, kind, title, file: Some(file), memory: Some(memory), permit })
    }

    fn declare(requirements: &mut Requirements) {
        requirements.service("frames of the video", &PlatformService);
        requirements.data_unit();
    }
}
