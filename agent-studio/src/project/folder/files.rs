//! File access and change detection.

use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::regular_file;

use super::super::open_error::OpenError;

/// Minimum age of a file that is considered complete.
const SETTLE_TIME: Duration = Duration::from_secs(5);

/// Modification time, length and inode, which identify a version of a file without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FileStamp {
    changed: Option<SystemTime>,
    length: u64,
    /// Inode, which differs after a replacement even if the time is equal.
    file: u64,
}

impl FileStamp {
    /// Returns whether the file changed so recently that it may not be complete.
    pub(super) fn may_be_incomplete(&self) -> bool {
        let age = self.changed.map(|changed| changed.elapsed().unwrap_or_default());
        age.is_some_and(|age| age < SETTLE_TIME)
    }

    /// Returns the length of the file, in bytes.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Reads the stamp of a file; `None` if the file does not exist.
    pub(super) fn read(path: &Path) -> Option<Self> {
        let metadata = std::fs::metadata(path).ok()?;
        Some(Self { changed: metadata.modified().ok(), length: metadata.len(), file: number(&metadata) })
    }
}

#[cfg(unix)]
fn number(metadata: &std::fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn number(_: &std::fs::Metadata) -> u64 {
    0
}

/// Reads the text of a regular file.
pub(super) fn text(path: &Path) -> Result<String, OpenError> {
    regular_file::read_text(path).map_err(|source| OpenError::File { path: path.to_owned(), source })
}

/// Returns the names of a folder's entries that are not hidden, unordered. Empty if the folder does not exist.
pub(super) fn names(folder: &Path) -> Result<Vec<String>, OpenError> {
    let failed = |source| OpenError::File { path: folder.to_owned(), source };
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        match entry.map_err(failed)?.file_name().into_string() {
            Ok(name) if name.starts_with('.') => {}
            Ok(name) => names.push(name),
            Err(name) => tracing::warn!(?name, "ignoring a file: its name is not valid Unicode"),
        }
    }
    Ok(names)
}
