//! A file that goes when it is no longer needed.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A file in the system's folder for temporary files, that only this user can read. It is removed when this is dropped,
/// however that comes about.
#[derive(Debug)]
pub struct TemporaryFile {
    path: PathBuf,
}

impl TemporaryFile {
    /// Creates an empty file whose name ends in `suffix`, such as `.jpg`, and opens it to be written and read.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn create(suffix: &str) -> io::Result<(Self, File)> {
        let folder = std::env::temp_dir();
        loop {
            let path = folder.join(format!("agent-file-{:016x}{suffix}", fastrand::u64(..)));
            match new_file(&path) {
                Ok(file) => return Ok((Self { path }, file)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// A file that holds these bytes.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn holding(bytes: &[u8], suffix: &str) -> io::Result<Self> {
        let (temporary, mut file) = Self::create(suffix)?;
        file.write_all(bytes)?;
        Ok(temporary)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
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

/// Never what somebody else has put there.
fn new_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_there_for_this_user_until_it_is_dropped() {
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
}
