//! Detection of changed certificate files.

use std::fs::Metadata;
use std::path::Path;
use std::time::SystemTime;

use crate::settings::TlsFiles;

/// The metadata of a certificate file and a key file. `None` for a file that cannot be read.
pub(super) type FileStates = [Option<FileState>; 2];

/// The metadata of a file, which differs once the file has changed. Symbolic links are followed, since certificates are usually
/// renewed by replacing a link.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct FileState {
    modified: Option<SystemTime>,
    length: u64,
    inode: u64,
}

/// Reads the metadata of both files.
pub(super) fn file_states(files: &TlsFiles) -> FileStates {
    let one = |path: &Path| {
        let file = std::fs::metadata(path).ok()?;
        Some(FileState { modified: file.modified().ok(), length: file.len(), inode: inode(&file) })
    };
    [one(&files.certificate), one(&files.key)]
}

#[cfg(unix)]
fn inode(file: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(file)
}

#[cfg(not(unix))]
fn inode(_file: &Metadata) -> u64 {
    0
}
