//! Temporary files that are removed when they are no longer needed, also those of processes that were killed.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Beginning of the names of temporary files.
const PREFIX: &str = "agent-file-";

/// A file in the system's folder for temporary files that only this user can read. It is removed when this is dropped.
///
/// The file of a process that was killed stays; [`remove_stale`](Self::remove_stale) removes it at the next start.
#[derive(Debug)]
pub struct TemporaryFile {
    path: PathBuf,
    /// Keeps the lock that tells other processes that the file is in use.
    _lock: File,
}

impl TemporaryFile {
    /// Creates an empty file whose name ends in `suffix`, such as `.jpg`, and opens it for writing and reading.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn create(suffix: &str) -> io::Result<(Self, File)> {
        let folder = std::env::temp_dir();
        loop {
            let path = folder.join(format!("{PREFIX}{:016x}{suffix}", fastrand::u64(..)));
            match new_file(&path) {
                Ok(file) => {
                    let lock = file.try_clone()?;
                    in_use(&lock);
                    return Ok((Self { path, _lock: lock }, file));
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Creates a file that holds these bytes.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn holding(bytes: &[u8], suffix: &str) -> io::Result<Self> {
        let (temporary, mut file) = Self::create(suffix)?;
        file.write_all(bytes)?;
        Ok(temporary)
    }

    /// Returns the path of the file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Removes the temporary files of this user that no process uses any more, and returns how many. Files younger than a
    /// minute stay. Servers do this when they start. It does nothing on systems other than Unix.
    pub fn remove_stale() -> usize {
        stale::remove(&std::env::temp_dir())
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.path)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(path = %self.path.display(), %error, "a temporary file cannot be removed");
        }
    }
}

/// Never opens a file that somebody else has put there.
fn new_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Locks the file for as long as this process has it open. On a file system without locks, nobody takes it for stale.
#[cfg(unix)]
fn in_use(file: &File) {
    // Advisory on Unix: whoever reads the file is not hindered.
    let _ = file.try_lock();
}

#[cfg(not(unix))]
fn in_use(_file: &File) {}

#[cfg(not(unix))]
mod stale {
    pub(super) fn remove(_folder: &std::path::Path) -> usize {
        0
    }
}

#[cfg(unix)]
mod stale {
    use std::fs::{self, File, Metadata};
    use std::os::unix::fs::MetadataExt;
    use std::path::Path;
    use std::time::Duration;

    use super::PREFIX;

    /// Age from which on a file can be stale: a younger one may not be locked yet.
    const MIN_AGE: Duration = Duration::from_secs(60);

    pub(super) fn remove(folder: &Path) -> usize {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let named = entries.filter(|entry| entry.file_name().to_str().is_some_and(is_ours));
        let candidates: Vec<_> = named.map(|entry| entry.path()).collect();
        if candidates.is_empty() {
            return 0;
        }
        // Without `unsafe`, a file of one's own tells who one is.
        let Ok((own, _)) = super::TemporaryFile::create("") else { return 0 };
        let Ok(user) = fs::metadata(own.path()).map(|own| own.uid()) else { return 0 };
        let removed = candidates.iter().filter(|path| is_stale(path, user) && fs::remove_file(path).is_ok()).count();
        if removed > 0 {
            tracing::info!(removed, folder = %folder.display(), "removed temporary files of processes that were killed");
        }
        removed
    }

    /// Whether the name is that of a temporary file of this crate: the prefix, 16 hex digits, and a suffix.
    fn is_ours(name: &str) -> bool {
        let digits = name.strip_prefix(PREFIX).and_then(|rest| rest.get(..16));
        digits.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
    }

    fn is_stale(path: &Path, user: u32) -> bool {
        let old =
            |file: &Metadata| file.modified().ok().and_then(|at| at.elapsed().ok()).is_some_and(|age| age > MIN_AGE);
        let ours = fs::symlink_metadata(path).is_ok_and(|file| file.is_file() && file.uid() == user && old(&file));
        // Whoever uses the file holds its lock.
        ours && File::open(path).is_ok_and(|file| file.try_lock().is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_is_private_and_removed_when_dropped() {
        let file = TemporaryFile::holding(b"pixels", ".jpg").unwrap();
        let path = file.path().to_owned();
        assert_eq!(
            (std::fs::read(&path).unwrap(), path.extension().unwrap().to_str()),
            (b"pixels".to_vec(), Some("jpg"))
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        drop(file);
        assert!(!path.exists());
    }

    #[cfg(unix)]
    #[test]
    fn removes_stale_files_and_keeps_files_in_use() {
        use std::time::{Duration, SystemTime};
        let folder = std::env::temp_dir().join(format!("agent-stale-test-{:016x}", fastrand::u64(..)));
        std::fs::create_dir(&folder).unwrap();
        let made = |name: &str, age: u64| {
            let file = new_file(&folder.join(name)).unwrap();
            file.set_modified(SystemTime::now() - Duration::from_secs(age)).unwrap();
            file
        };
        drop(made("agent-file-00000000deadbeef.mp4", 3600));
        let used = made("agent-file-00000000deadbee0.mp4", 3600);
        in_use(&used);
        drop(made("agent-file-00000000deadbee1.mp4", 1));
        drop(made("agent-file-of-somebody.mp4", 3600));
        drop(made("other-00000000deadbeef.mp4", 3600));
        std::os::unix::fs::symlink("/etc/passwd", folder.join("agent-file-00000000deadbee2")).unwrap();
        assert_eq!(stale::remove(&folder), 1);
        assert!(!folder.join("agent-file-00000000deadbeef.mp4").exists());
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 5);
        drop(used);
        assert_eq!(stale::remove(&folder), 1);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
