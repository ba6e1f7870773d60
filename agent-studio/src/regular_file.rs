//! Non-blocking access to regular files. Named pipes, sockets and devices are rejected.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

/// Opens a regular file for reading. Symbolic links are followed.
///
/// # Errors
/// The file cannot be opened, or is not a regular file. A named pipe is rejected at once, even without a writer.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    // Checked before opening, because opening a device can have side effects.
    if !std::fs::metadata(path)?.is_file() {
        return Err(not_regular());
    }
    let file = open_nonblocking(path)?;
    // Checked again, because the file may have been replaced in between.
    if file.metadata()?.is_file() { Ok(file) } else { Err(not_regular()) }
}

/// Opens a regular file inside a folder. `path` may contain symbolic links.
///
/// The path is resolved before it is opened, so a concurrent replacement of a folder by a link is not detected.
///
/// # Errors
/// Those of [`open`], and a path that leads out of the folder.
pub(crate) fn open_within(folder: &Path, path: &Path) -> io::Result<File> {
    let resolved = path.canonicalize()?;
    if !resolved.starts_with(folder.canonicalize()?) {
        return Err(io::Error::new(ErrorKind::PermissionDenied, "it is a symbolic link that leads out of the folder"));
    }
    open(&resolved)
}

/// Reads the content of a regular file.
///
/// # Errors
/// Those of [`open`], and a failed read.
pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    open(path)?.read_to_end(&mut content)?;
    Ok(content)
}

/// Reads a regular file as UTF-8 text.
///
/// # Errors
/// Those of [`read`], and invalid UTF-8.
pub(crate) fn read_text(path: &Path) -> io::Result<String> {
    String::from_utf8(read(path)?).map_err(|error| io::Error::new(ErrorKind::InvalidData, error))
}

fn not_regular() -> io::Error {
    io::Error::new(ErrorKind::InvalidInput, "it is not a regular file")
}

#[cfg(unix)]
fn open_nonblocking(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    let flags = i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).unwrap_or_default();
    OpenOptions::new().read(true).custom_flags(flags).open(path)
}

#[cfg(not(unix))]
fn open_nonblocking(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).open(path)
}
