//! The file of the data unit, found and downloaded once per call.

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufReader, Cursor, Read};
use std::sync::Arc;
use std::time::Instant;

use agent_platform::client::{DownloadTo, DownloadedFile, ItemType, StorageItem};
use agent_platform::media::{Format, ImageInfo, Limits, inspect};

use super::media_cache::{Downloaded, FileVersion, MediaCache};
use super::media_error;
use crate::call::EditorCall;
use crate::error::{AgentError, ErrorStatus};
use crate::extract::Frame;
use crate::platform::child_items::{self, Children};
use crate::platform::fetch::{self, Place};

/// Largest file that is downloaded into memory, in bytes. Larger ones go to the disk, so that nothing large is in memory while a call
/// waits for the memory of its image; the cache may hold a copy.
const IN_MEMORY: usize = 512 * 1024;

/// The file in front of the annotator, before it is read.
pub(super) struct MediaItem {
    /// The storage item with the file: of an image group that of the image.
    pub(super) item: Arc<StorageItem>,
    /// The type of the data unit.
    pub(super) kind: ItemType,
    /// The title of the data unit.
    pub(super) title: String,
    /// The frame of the call within the file.
    pub(super) frame: u64,
    /// Number of frames of the file. `None` if the platform does not report it.
    pub(super) frames: Option<u64>,
}

pub(super) async fn media_item(call: &EditorCall) -> Result<Arc<MediaItem>, AgentError> {
    call.once(async || {
        let Frame(frame) = call.extract().await?;
        let items = async { tokio::try_join!(fetch::storage_item(call), fetch::listed(call)) };
        let ((item, listed), guess) = tokio::try_join!(items, child_items::guessed_children(call))?;
        let title = listed.info.data_title.clone().unwrap_or_else(|| item.name.clone());
        let kind = item.item_type.clone();
        match kind {
            ItemType::Image => Ok(MediaItem { item, kind, title, frame, frames: Some(1) }),
            ItemType::ImageGroup => child(call, &item, guess, kind, title).await,
            ItemType::ImageSequence if item.signed_url.is_none() => child(call, &item, guess, kind, title).await,
            _ => {
                let frames = item.frame_count.or(listed.info.number_of_frames).filter(|frames| *frames > 0);
                Ok(MediaItem { item, kind, title, frame, frames })
            }
        }
    })
    .await
}

/// The image of a group on the frame of the call: frame *n* is child *n* (contract:
/// `docs/contract/endpoints.md#list-child-items`).
async fn child(
    call: &EditorCall,
    item: &StorageItem,
    guess: Option<Result<Children, AgentError>>,
    kind: ItemType,
    title: String,
) -> Result<MediaItem, AgentError> {
    let Frame(frame) = call.extract().await?;
    let is_of_item = |children: &Children| (children.folder, children.item) == (item.parent, item.uuid);
    let children = match guess {
        Some(Ok(children)) if is_of_item(&children) => children.items,
        _ => child_items::children(call, item).await?.items,
    };
    let frames = children.len() as u64;
    let nth = usize::try_from(frame).ok().and_then(|frame| children.into_iter().nth(frame));
    let child = nth.ok_or_else(|| media_error::no_frame(&kind, &title, frame, frames))?;
    Ok(MediaItem { item: Arc::new(child), kind, title, frame: 0, frames: Some(1) })
}

impl MediaItem {
    /// # Errors
    /// 404 with the number of frames, if the platform knows that the frame is not there.
    pub(super) fn check_frame(&self) -> Result<(), AgentError> {
        match self.frames {
            Some(frames) if self.frame >= frames => {
                Err(media_error::no_frame(&self.kind, &self.title, self.frame, frames))
            }
            _ => Ok(()),
        }
    }
}

/// The file, read.
pub(super) struct MediaFile {
    pub(super) media: Arc<MediaItem>,
    pub(super) file: DownloadedFile,
    /// The time of the download, which may have been an earlier call's.
    pub(super) downloaded: Instant,
}

/// Downloads the file, once per call, unless an earlier call has left it in the cache.
pub(super) async fn media_file(call: &EditorCall) -> Result<Arc<MediaFile>, AgentError> {
    call.once(async || {
        let media = media_item(call).await?;
        let Some(url) = &media.item.signed_url else {
            return Err(AgentError::complaint(format!(
                "{} has no file of its own: it is {}.",
                media.title,
                media_error::a_kind(&media.kind)
            )));
        };
        let (cache, version) = (MediaCache::for_call(call)?, FileVersion::from_item(&media.item));
        if let Some((file, downloaded)) = cache.file(&version) {
            return Ok(MediaFile { media, file, downloaded });
        }
        let downloaded = Instant::now();
        let to = DownloadTo { in_memory: IN_MEMORY, suffix: &media.item.suffix() };
        let file = Place::from_call(call)?.platform.download_file(url, to).await;
        let file = file.map_err(|error| media_error::download(&media.title, error))?;
        remember(call, cache, Downloaded { version, time: downloaded }, file.clone());
        Ok(MediaFile { media, file, downloaded })
    })
    .await
}

/// Adds a file to the cache. One on the disk is read on a blocking thread, for which the call does not wait.
fn remember(call: &EditorCall, cache: Arc<MediaCache>, key: Downloaded, file: DownloadedFile) {
    let length = file.length();
    if !cache.accepts_file(length) {
        return;
    }
    if file.in_memory().is_some() {
        cache.insert_file(&key, length, || Some(file));
        return;
    }
    let guard = call.guard();
    // Also if it does not start, later calls only download the file again.
    drop(tokio::task::spawn_blocking(move || {
        let _guard = guard;
        cache.insert_file(&key, length, || file.read_into_memory().ok());
    }));
}

impl MediaFile {
    /// Returns the format of an image, and `None` for other files. Blocks for a file on the disk.
    pub(super) fn image_format(&self) -> Result<Option<Format>, AgentError> {
        let mut head = [0; 32];
        let read = match (self.file.in_memory(), self.file.on_disk()) {
            (Some(bytes), _) => return Ok(Format::from_bytes(bytes)),
            (None, Some(file)) => File::open(file.path()).and_then(|mut file| file.read(&mut head))?,
            (None, None) => 0,
        };
        Ok(Format::from_bytes(&head[..read]))
    }

    /// The header of an image. Blocks.
    pub(super) fn inspect(&self, limits: &Limits) -> Result<ImageInfo, AgentError> {
        let inspected = match (self.file.in_memory(), self.file.on_disk()) {
            (Some(bytes), _) => inspect(Cursor::new(bytes), limits),
            (None, Some(file)) => inspect(BufReader::new(File::open(file.path())?), limits),
            (None, None) => return Err(AgentError::new(ErrorStatus::Internal, "The file is gone.")),
        };
        inspected.map_err(|error| media_error::image(&self.media.title, error))
    }

    /// The whole file. Blocks.
    pub(super) fn bytes(&self) -> Result<Cow<'_, [u8]>, AgentError> {
        match (self.file.in_memory(), self.file.on_disk()) {
            (Some(bytes), _) => Ok(Cow::Borrowed(bytes)),
            (None, Some(file)) => Ok(Cow::Owned(std::fs::read(file.path())?)),
            (None, None) => Err(AgentError::new(ErrorStatus::Internal, "The file is gone.")),
        }
    }
}
