//! Replacing a file in one step: a reader, or a crash, finds the old file or the new one.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::files::Stamp;

/// The end of the name of a file that is being written.
const UNFINISHED: &str = ".unfinished";

/// Writes a file whatever is there: beside the one that it replaces, synced to the disk, and put in place.
pub(super) fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    let unfinished = Unfinished::new(path, folder, content)?;
    fs::rename(&unfinished.path, path)?;
    sync_folder(folder)
}

/// Writes a file if the one that is there is still `known`: `None` stands for no file. Returns the stamp of the new file,
/// or `None` if somebody else changed the file, which is then left as it is.
///
/// Where the system can exchange two files in one step (Linux, macOS, and most of their file systems), the file that was
/// replaced is compared after the exchange, so nothing that is put into place is overwritten unseen; if it is another one, the
/// exchange is undone. For that moment readers see the new file. Elsewhere the comparison comes directly before the renaming.
/// A program that opened the old file before, and writes into it afterwards instead of replacing it, writes into a file that
/// is gone: nothing here can see that.
pub(super) fn replace(path: &Path, content: &[u8], known: Option<Stamp>) -> io::Result<Option<Stamp>> {
    if Stamp::of(path) != known {
        return Ok(None);
    }
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    let unfinished = Unfinished::new(path, folder, content)?;
    let stamp = Stamp::of(&unfinished.path);
    // Syncing takes milliseconds: what changed meanwhile need not be exchanged and put back.
    if Stamp::of(path) != known {
        return Ok(None);
    }
    let replaced = match known {
        None => create(&unfinished.path, path)?,
        Some(known) => exchange(&unfinished.path, path, known, stamp)?,
    };
    sync_folder(folder)?;
    Ok(stamp.filter(|_| replaced))
}

/// A complete file beside the one that it will replace; removed unless it has been moved away.
struct Unfinished {
    path: PathBuf,
}

impl Unfinished {
    fn new(path: &Path, folder: &Path, content: &[u8]) -> io::Result<Self> {
        create_folder(folder)?;
        let path = beside(path, folder);
        let mut file = File::create_new(&path)?;
        let unfinished = Self { path };
        file.write_all(content)?;
        file.sync_all()?;
        Ok(unfinished)
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // A file that is still there now is removed at the next start.
        let _ = fs::remove_file(&self.path);
    }
}

/// Moves a file to a name that nobody has; `false` if somebody has it by now.
fn create(from: &Path, to: &Path) -> io::Result<bool> {
    match atomically::move_to_free_name(from, to) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) if atomically::is_unsupported(&error) => {
            if Stamp::of(to).is_some() {
                return Ok(false);
            }
            fs::rename(from, to).map(|()| true)
        }
        Err(error) => Err(error),
    }
}

/// Puts `new` in the place of `path` if that still is `known`; `false` if it is not. `own` is the stamp of the new file.
fn exchange(new: &Path, path: &Path, known: Stamp, own: Option<Stamp>) -> io::Result<bool> {
    match atomically::exchange(new, path) {
        Ok(()) if Stamp::of(new) == Some(known) => Ok(true),
        Ok(()) => undo(new, path, own).map(|()| false),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) if atomically::is_unsupported(&error) => {
            if Stamp::of(path) != Some(known) {
                return Ok(false);
            }
            fs::rename(new, path).map(|()| true)
        }
        Err(error) => Err(error),
    }
}

/// Puts the file that was displaced back, or the one that somebody put into place meanwhile. `placed` is the stamp of the file
/// that was put into place. Ends when nobody replaced the file during a round, which takes microseconds.
fn undo(displaced: &Path, path: &Path, mut placed: Option<Stamp>) -> io::Result<()> {
    loop {
        let back = Stamp::of(displaced);
        match atomically::exchange(displaced, path) {
            Ok(()) if Stamp::of(displaced) == placed => return Ok(()),
            // What came back is newer than what went there.
            Ok(()) => placed = back,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return create(displaced, path).map(drop),
            Err(error) => return Err(error),
        }
    }
}

#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
mod atomically {
    //! Renaming that replaces nothing unseen.

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

    /// Returns whether the file system cannot do this, which network file systems often cannot.
    pub(super) fn is_unsupported(error: &io::Error) -> bool {
        matches!(Errno::from_io_error(error), Some(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP))
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
mod atomically {
    //! Systems without such renaming.

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

/// Makes a folder, and syncs the entry to the disk.
fn create_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(folder)?;
    folder.parent().map_or(Ok(()), sync_folder)
}

/// Returns a hidden name in the same folder that nobody else uses.
fn beside(path: &Path, folder: &Path) -> PathBuf {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    folder.join(format!(".{name}.{}-{number}{UNFINISHED}", std::process::id()))
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    // Folders cannot be opened there.
    Ok(())
}

/// Removes the files that a crash left half written in a folder.
pub(super) fn remove_left_overs(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with('.') && name.ends_with(UNFINISHED) {
            let _ = fs::remove_file(entry.path());
        }
    }
}
