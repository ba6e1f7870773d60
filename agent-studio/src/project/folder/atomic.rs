//! Atomic replacement of files: readers, also after a crash, see the old file or the new one.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::files::FileStamp;

/// Suffix of temporary files.
const TEMPORARY_SUFFIX: &str = ".unfinished";

/// Replaces a file unconditionally: writes a temporary file in the same folder, syncs it and renames it.
pub(super) fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    let temporary = TemporaryFile::new(path, folder, content)?;
    fs::rename(&temporary.path, path)?;
    sync_folder(folder)
}

/// Replaces a file if its stamp is still `known`, where `None` stands for a missing file. Returns the stamp of the new
/// file, or `None` if another program changed the file, which is then left unchanged.
///
/// Linux, macOS and most of their file systems can exchange two files atomically. There, the replaced file is compared
/// after the exchange, so that no version of another program is overwritten. If the file is not the known one, the
/// exchange is undone; for that moment readers see the new file. On other systems the comparison is made directly
/// before the rename. A program that opened the old file before, and writes to it afterwards instead of replacing it,
/// writes to a deleted file. This cannot be detected.
pub(super) fn replace(path: &Path, content: &[u8], known: Option<FileStamp>) -> io::Result<Option<FileStamp>> {
    if FileStamp::read(path) != known {
        return Ok(None);
    }
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    let temporary = TemporaryFile::new(path, folder, content)?;
    let stamp = FileStamp::read(&temporary.path);
    // Syncing takes milliseconds. Checking again avoids most exchanges that would be undone.
    if FileStamp::read(path) != known {
        return Ok(None);
    }
    let replaced = match known {
        None => create(&temporary.path, path)?,
        Some(known) => exchange(&temporary.path, path, known, stamp)?,
    };
    sync_folder(folder)?;
    Ok(stamp.filter(|_| replaced))
}

/// A complete temporary file next to its target. Removed on drop unless it has been renamed.
struct TemporaryFile {
    path: PathBuf,
}

impl TemporaryFile {
    fn new(path: &Path, folder: &Path, content: &[u8]) -> io::Result<Self> {
        create_folder(folder)?;
        let path = temporary_path(path, folder);
        let mut file = File::create_new(&path)?;
        let temporary = Self { path };
        file.write_all(content)?;
        file.sync_all()?;
        Ok(temporary)
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        // If this fails, the file is removed at the next start.
        let _ = fs::remove_file(&self.path);
    }
}

/// Renames a file to a new name. Returns `false` if the name exists.
fn create(from: &Path, to: &Path) -> io::Result<bool> {
    match rename::move_to_free_name(from, to) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) if rename::is_unsupported(&error) => {
            if FileStamp::read(to).is_some() {
                return Ok(false);
            }
            fs::rename(from, to).map(|()| true)
        }
        Err(error) => Err(error),
    }
}

/// Replaces `path` by `new` if its stamp is still `known`. Returns `false` if it is not. `own` is the stamp of the new
/// file.
fn exchange(new: &Path, path: &Path, known: FileStamp, own: Option<FileStamp>) -> io::Result<bool> {
    match rename::exchange(new, path) {
        Ok(()) if FileStamp::read(new) == Some(known) => Ok(true),
        Ok(()) => undo(new, path, own).map(|()| false),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) if rename::is_unsupported(&error) => {
            if FileStamp::read(path) != Some(known) {
                return Ok(false);
            }
            fs::rename(new, path).map(|()| true)
        }
        Err(error) => Err(error),
    }
}

/// Undoes an exchange: restores the displaced file, or a newer one that another program has put there. `placed` is the
/// stamp of the file that was put into place. Repeats until no other program replaced the file during a round, which
/// takes microseconds.
fn undo(displaced: &Path, path: &Path, mut placed: Option<FileStamp>) -> io::Result<()> {
    loop {
        let back = FileStamp::read(displaced);
        match rename::exchange(displaced, path) {
            Ok(()) if FileStamp::read(displaced) == placed => return Ok(()),
            // The file that came back is newer than the one that went there.
            Ok(()) => placed = back,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return create(displaced, path).map(drop),
            Err(error) => return Err(error),
        }
    }
}

#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
mod rename {
    //! Atomic exchange, and rename without replacement.

    use std::io;
    use std::path::Path;

    use rustix::fs::{CWD, RenameFlags, renameat_with};
    use rustix::io::Errno;

    pub(super) fn exchange(one: &Path, other: &Path) -> io::Result<()> {
        Ok(renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE)?)
    }

    pub(super) fn move_to_free_name(from: &Path, to: &Path) -> io::Result<()> {
        Ok(renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE)?)
    }

    /// Returns whether the error means that the file system does not support this, as many network file systems do not.
    pub(super) fn is_unsupported(error: &io::Error) -> bool {
        matches!(Errno::from_io_error(error), Some(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP))
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
mod rename {
    //! Fallback for systems without these operations.

    use std::io;
    use std::path::Path;

    pub(super) fn exchange(_: &Path, _: &Path) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(super) fn move_to_free_name(_: &Path, _: &Path) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(super) fn is_unsupported(error: &io::Error) -> bool {
        error.kind() == io::ErrorKind::Unsupported
    }
}

/// Creates a folder, and syncs its parent.
fn create_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(folder)?;
    folder.parent().map_or(Ok(()), sync_folder)
}

/// Returns a unique hidden path in the same folder.
fn temporary_path(path: &Path, folder: &Path) -> PathBuf {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    folder.join(format!(".{name}.{}-{number}{TEMPORARY_SUFFIX}", std::process::id()))
}

/// Syncs the folder of a new file, so that its name survives a crash.
pub(super) fn sync_parent(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), sync_folder)
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    // Folders cannot be opened on these systems.
    Ok(())
}

/// Removes temporary files that a crash left in a folder.
pub(super) fn remove_temporary_files(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with('.') && name.ends_with(TEMPORARY_SUFFIX) {
            let _ = fs::remove_file(entry.path());
        }
    }
}
