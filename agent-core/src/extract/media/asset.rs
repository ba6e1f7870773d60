//! The file of the data unit as a parameter.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use agent_platform::client::TemporaryFile;
use agent_platform::memory::{BytePermit, MemoryAccount};
use bytes::Bytes;

use super::file::media_file;
use crate::call::EditorCall;
use crate::call::{FromCall, OptionalFromCall};
use crate::call_permit::WeakPermit;
use crate::error::AgentError;
use crate::platform::PlatformService;
use crate::platform::memory_error::refused;
use crate::requirements::{PayloadMember, Requirements};

/// The file of the data unit: the whole video, not one frame. An image group has no file of its own; there it is the file of the
/// image in front of the annotator.
///
/// The file is on the disk until the value and the call are dropped. It is removed also if the agent fails, panics or times out.
/// Maximum size: `PlatformClient::builder().max_download_size(bytes)`, default: 2 GiB; a larger file is a 413. `Option<Asset>` is
/// `None` if the project lacks the data unit, the data unit has no storage item, or the image group has no such frame.
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
    /// Creates a file with these bytes and a suffix such as `.jpg`, for a unit test of an agent.
    ///
    /// # Errors
    /// Errors of the file system.
    pub fn from_bytes(bytes: impl Into<Bytes>, suffix: &str) -> std::io::Result<Self> {
        let bytes = bytes.into();
        let on_disk = Arc::new(TemporaryFile::holding(&bytes, suffix)?);
        let (length, suffix) = (bytes.len() as u64, suffix.to_owned());
        let permit = WeakPermit::default();
        Ok(Self { on_disk, in_memory: Some(bytes), length, suffix, mime_type: None, memory: None, permit })
    }

    /// Returns the path of the file, which exists as long as this value.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.on_disk.path()
    }

    /// Returns the size in bytes.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Returns the suffix of the file name with the dot, such as `.jpeg`.
    #[must_use]
    pub fn suffix(&self) -> &str {
        &self.suffix
    }

    /// Returns the MIME type, if the platform or the storage names one.
    #[must_use]
    pub fn mime_type(&self) -> Option<&str> {
        self.mime_type.as_deref()
    }

    /// Returns the bytes if the file is in memory, as images of up to 512 KiB are.
    #[must_use]
    pub fn in_memory(&self) -> Option<&[u8]> {
        self.in_memory.as_deref()
    }

    /// Returns all bytes, and reads them from the disk if they are not in memory. They count towards the memory budget of the server
    /// until they are dropped.
    ///
    /// # Errors
    /// 413 if the file is larger than the whole budget, 503 if the memory is in use, 500 if the disk fails.
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

    fn declare(requirements: &mut Requirements) {
        requirements.service("asset", &PlatformService);
        requirements.data_unit();
        requirements.payload_member(PayloadMember::FRAME);
    }
}

impl OptionalFromCall for Asset {
    async fn from_call_optional(call: &EditorCall) -> Result<Option<Self>, AgentError> {
        AgentError::or_absent(Self::from_call(call).await)
    }
}
