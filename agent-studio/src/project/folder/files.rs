//! Reading files, and telling whether they have changed.

use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::regular_file;

use super::super::open_error::OpenError;

/// How old a file is that nobody is writing any more.
const YOUNG: Duration = Duration::from_secs(5);

/// What tells a file's versions apart without reading them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    changed: Option<SystemTime>,
    length: u64,
    /// A file that replaces another is another one, even in the same moment.
    file: u64,
}

impl Stamp {
    /// Whether the file changed so recently that it may still be being written.
    pub(super) fn is_young(&self) -> bool {
        let age = self.changed.map(|changed| changed.elapsed().unwrap_or_default());
        age.is_some_and(|age| age < YOUNG)
    }

    /// `None` if there is no such file.
    pub(super) fn of(path: &Path) -> Option<Self> {
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

/// The names in a folder that are not hidden, in no order; none if there is no such folder.
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
            Err(name) => tracing::warn!(?name, "a file is left out: its name is no Unicode text"),
        }
    }
    Ok(names)
}
