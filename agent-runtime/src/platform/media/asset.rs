//! The file of the data unit as a parameter.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use agent_platform::client::TemporaryFile;

use super::file::{MediaFile, media_file};
use crate::call::EditorCall;
use crate::error::AgentError;
use crate::extract::FromCall;
use crate::needs::Needs;

/// The whole file of the data unit, whatever it is and wherever the agent runs: a whole video, not the frame of it. An image
/// group has no file of its own, so there it is the file of the image in front of the annotator.
///
/// It is on the disk for as long as the value or the call lives, and then removed, also if the agent fails, panics or runs
/// out of time. Its name ends as such files usually do. It may have 2 GiB, unless the platform's client says otherwise
/// (`Platform::builder().largest_download(bytes)`); larger ones answer 413.
///
/// ```
/// use agent_runtime::prelude::*;
///
/// #[editor_agent]
/// async fn how_large(asset: Asset) -> String {
///     format!("{} bytes at {}", asset.length(), asset.path().display())
/// }
/// ```
#[derive(Clone)]
pub struct Asset {
    file: Arc<MediaFile>,
    on_disk: Arc<TemporaryFile>,
}

impl Asset {
    /// Where the file is, for as long as this value lives.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.on_disk.path()
    }

    /// How many bytes it has.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.file.file.length()
    }

    /// What the file's name ends in, with the dot, e.g. `.jpg`.
    #[must_use]
    pub fn suffix(&self) -> String {
        self.file.media.item.suffix()
    }

    /// The MIME type, as far as the platform or the storage says.
    #[must_use]
    pub fn mime_type(&self) -> Option<&str> {
        self.file.media.item.mime_type.as_deref().or(self.file.file.content_type())
    }

    /// The bytes, if the file is in memory anyway, as small images are.
    #[must_use]
    pub fn in_memory(&self) -> Option<&[u8]> {
        self.file.file.in_memory().map(|bytes| &bytes[..])
    }

    /// The bytes, read from the disk if need be: all of them, however many.
    ///
    /// # Errors
    /// 500: the disk fails.
    pub async fn bytes(&self) -> Result<Vec<u8>, AgentError> {
        let file = Arc::clone(&self.file);
        tokio::task::spawn_blocking(move || file.bytes().map(std::borrow::Cow::into_owned)).await?
    }
}

impl fmt::Debug for Asset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asset").field("path", &self.path()).field("length", &self.length()).finish()
    }
}

struct OnDisk(Arc<TemporaryFile>);

impl FromCall for Asset {
    async fn from_call(call: &EditorCall) -> Result<Self, AgentError> {
        let file = media_file(call).await?;
        let on_disk = call.once(async || match file.file.on_disk() {
            Some(on_disk) => Ok(OnDisk(Arc::clone(on_disk))),
            None => {
                let (file, suffix) = (Arc::clone(&file), file.media.item.suffix());
                let written = move || Ok(TemporaryFile::holding(&file.bytes()?, &suffix)?);
                let written: Result<_, AgentError> = tokio::task::spawn_blocking(written).await?;
                Ok(OnDisk(Arc::new(written?)))
            }
        });
        let on_disk = Arc::clone(&on_disk.await?.0);
        Ok(Self { file, on_disk })
    }

    fn declare(needs: &mut Needs) {
        needs.platform("asset");
    }
}
