//! Opening the video of a call within the server's memory.

use std::fs::File;
use std::future::Future;
use std::io::Cursor;
use std::pin::Pin;
use std::sync::Arc;

use agent_platform::media::video::{Video, VideoError, VideoLimits};
use agent_platform::memory::BytePermit;

use super::file::MediaFile;
use super::media_error;
use crate::call::EditorCall;
use crate::error::AgentError;
use crate::platform::memory_error::refused;
use crate::spans;

/// Frames and bytes of the description that most videos keep to: they are opened with less memory.
const FEW_FRAMES: u64 = 200_000;
const SHORT_DESCRIPTION: u64 = 16 << 20;

/// Opens the video, with the memory for it and for decoding its frames. Nothing is held while it waits for memory: if the
/// memory for decoding is not there at once, the video is opened anew.
pub(super) fn open<'c>(call: &'c EditorCall, file: &'c Arc<MediaFile>) -> OpenedWithMemory<'c> {
    Box::pin(opened(call, file))
}

type OpenedWithMemory<'c> = Pin<Box<dyn Future<Output = Result<(Video, BytePermit), AgentError>> + Send + 'c>>;

async fn opened(call: &EditorCall, file: &Arc<MediaFile>) -> Result<(Video, BytePermit), AgentError> {
    let limits = call.states().get::<VideoLimits>().unwrap_or_default();
    let mut small = limits.clone();
    small.frames = limits.frames.min(FEW_FRAMES);
    small.description_bytes = limits.description_bytes.min(SHORT_DESCRIPTION);
    let media = &file.media;
    let told = |error| media_error::video(&media.kind, &media.title, error);
    let refused = |error| refused(&media.title, error);

    let opening = |limits: &VideoLimits| limits.opening().min(file.file.length().saturating_mul(50).max(1 << 20));
    let mut limits_used = small;
    let mut memory = call.memory().acquire(opening(&limits_used)).await.map_err(refused)?;
    let (mut opened, mut memory) = loop {
        let (opened, permit) = blocking(call, file, &limits_used, memory).await?;
        match opened {
            Err(VideoError::TooLarge { .. }) if limits_used != limits => {
                drop(permit);
                limits_used = limits.clone();
                memory = call.memory().acquire(opening(&limits_used)).await.map_err(refused)?;
            }
            opened => break (opened.map_err(told)?, permit),
        }
    };
    let needed = opened.reserve();
    if memory.try_grow(needed).is_err() {
        drop((opened, memory));
        memory = call.memory().acquire(needed).await.map_err(refused)?;
        let (again, permit) = blocking(call, file, &limits_used, memory).await?;
        (opened, memory) = (again.map_err(told)?, permit);
        // What it allows its stream; the need is the same.
        opened.reserve();
    }
    memory.shrink(needed);
    Ok((opened, memory))
}

/// Opens the video on a blocking thread, where the permit stays until that is done.
async fn blocking(
    call: &EditorCall,
    file: &Arc<MediaFile>,
    limits: &VideoLimits,
    permit: BytePermit,
) -> Result<(Result<Video, VideoError>, BytePermit), AgentError> {
    let (file, limits) = (Arc::clone(file), limits.clone());
    let open = move || {
        let opened = match (file.file.in_memory(), file.file.on_disk()) {
            (_, Some(on_disk)) => {
                File::open(on_disk.path()).map_err(VideoError::from).and_then(|file| Video::from_reader(file, limits))
            }
            (Some(bytes), None) => Video::from_reader(Cursor::new(bytes.clone()), limits),
            (None, None) => Err(VideoError::Empty),
        };
        (opened, permit)
    };
    call.spawn_blocking(|| spans::opening().in_scope(open)).await
}
