//! The file of the data unit as a parameter.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use agent_platform::client::TemporaryFile;
use agent_platform::memory::{BytePermit, MemoryAccount};
use bytes::Bytes;

use super::file::media_file;
use crate::agent::call::EditorCall;
use crate::agent::call::FromCall;
use crate::call_permit::WeakPermit;
use crate::error::AgentError;
use crate::platform::PlatformService;
use crate::platform::memory_error::refused;
use crate::requirements::Needs;

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
    on_disk: Arc<TemporaryFile>,
    in_memory: Option<Bytes>,
    length: u64,
    suffix: String,
    mime_type: Option<String>,
    /// For reading the file into memory.
    memory: Option<MemoryAccount>,
    permit: WeakPermit,
}

/// A file in memory, with the permit for it.
struct Loaded {
    bytes: Vec<u8>,
    _memory: Option<BytePermit>,
}

impl AsRef<[u8]> for Loaded {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Asset {
    /// For a unit test of an agent: a file that holds these bytes, and whose name ends so, e.g. in `.jpg`.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn of(bytes: impl Into<Bytes>, suffix: &str) -> std::io::Result<Self> {
        let bytes = bytes.into();
        let on_disk = Arc::new(TemporaryFile::holding(&bytes, suffix)?);
        let (length, suffix) = (bytes.len() as u64, suffix.to_owned());
        let permit = WeakPermit::default();
        Ok(Self { on_disk, in_memory: Some(bytes), length, suffix, mime_type: None, memory: None, permit })
    }

    /// Where the file is, for as long as this value lives.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.on_disk.path()
    }

    /// How many bytes it has.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    /// What the file's name ends in, with the dot, e.g. `.jpeg`.
    #[must_use]
    pub fn suffix(&self) -> &str {
        &self.suffix
    }

    /// The MIME type, as far as the platform or the storage says.
    #[must_use]
    pub fn mime_type(&self) -> Option<&str> {
        self.mime_type.as_deref()
    }

    /// The bytes, if the file is in memory anyway, as images of up to 512 KiB are.
    #[must_use]
    pub fn in_memory(&self) -> Option<&[u8]> {
        self.in_memory.as_deref()
    }

    /// Returns the bytes, read from the disk if need be: all of them. They take part in the server's memory budget until they
    /// are dropped.
    ///
    /// # Errors
    /// 413: the file is larger than the whole budget. 503: the memory is in use by others. 500: the disk fails.
    pub async fn bytes(&self) -> Result<Bytes, AgentError> {
        if let Some(bytes) = &self.in_memory {
            return Ok(bytes.clone());
        }
        let memory = match &self.memory {
            Some(account) => Some(account.acquire(self.length).await.map_err(|error| refused("the file", error))?),
            None => None,
        };
        let file = Arc::clone(&self.on_disk);
        let read = move || std::fs::read(file.path()).map(|bytes| Loaded { bytes, _memory: memory });
        Ok(Bytes::from_owner(self.permit.spawn_blocking(read).await??))
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
                let written: Result<_, AgentError> = call.spawn_blocking(written).await?;
                Ok(OnDisk(Arc::new(written?)))
            }
        });
        let on_disk = Arc::clone(&on_disk.await?.0);
        let (item, file) = (&file.media.item, &file.file);
        Ok(Self {
            on_disk,
            in_memory: file.in_memory().cloned(),
            length: file.length(),
            suffix: item.suffix(),
            memory: Some(call.memory().clone()),
            mime_type: item.mime_type.clone().or_else(|| file.content_type().map(str::to_owned)),
            permit: call.weak_permit(),
        })
    }

    fn declare(needs: &mut Needs) {
        needs.service("asset", &PlatformService);
    }
}
