//! The sample project, which is part of the program.

use std::path::{Path, PathBuf};
use std::{fs, io};

use uuid::Uuid;

use crate::ClientKey;

/// Its files, by their path below the project's folder.
const FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/sample_files.rs"));

/// Where a project keeps what is not the project: nothing of it was made by a person.
const SCRATCH: &str = ".scratch";

/// Writes the sample project into a folder, which is made if it is not there. Files that are there are replaced.
///
/// The folder can then be served with [`LocalPlatformBuilder::folder`](crate::LocalPlatformBuilder::folder).
///
/// # Errors
/// The folder or a file cannot be written.
pub fn copy_sample_project(folder: &Path) -> io::Result<()> {
    for (name, content) in FILES {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, content)?;
    }
    Ok(())
}

/// A copy of the sample project among the temporary files, for one run of a program.
///
/// ```
/// let copy = agent_studio::SampleCopy::new()?;
/// assert!(copy.folder().join("project.toml").is_file());
/// assert_eq!(copy.close(), None, "nothing was changed, so nothing is kept");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "`close` says what is kept of it"]
pub struct SampleCopy {
    folder: PathBuf,
}

impl SampleCopy {
    /// Makes a fresh copy.
    ///
    /// # Errors
    /// It cannot be written, or the system has no random numbers.
    pub fn new() -> io::Result<Self> {
        // Nobody else can have made a folder of this name, so nobody else's files are in it.
        let random = ClientKey::random().map_err(io::Error::other)?.key_id();
        let name = Uuid::new_v5(&Uuid::NAMESPACE_OID, random.as_bytes()).simple().to_string();
        let folder = std::env::temp_dir().join(format!("agent-studio-{}", &name[..12]));
        fs::create_dir(&folder)?;
        if let Err(error) = copy_sample_project(&folder) {
            // A copy that is not complete is of no use to anyone.
            let _ = fs::remove_dir_all(&folder);
            return Err(error);
        }
        Ok(Self { folder })
    }

    /// Its folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Removes the copy if it still is what the sample is; else it stays, and this is where.
    pub fn close(self) -> Option<PathBuf> {
        let untouched = is_sample(&self.folder, "").unwrap_or(false);
        (!untouched || fs::remove_dir_all(&self.folder).is_err()).then_some(self.folder)
    }
}

/// Whether a folder holds nothing but files of the sample as they were.
fn is_sample(folder: &Path, below: &str) -> io::Result<bool> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{below}{}", entry.file_name().to_string_lossy());
        let same = if entry.file_type()?.is_dir() {
            name == SCRATCH || is_sample(&entry.path(), &format!("{name}/"))?
        } else {
            let was = FILES.iter().find(|(known, _)| *known == name);
            was.is_some_and(|(_, content)| fs::read(entry.path()).is_ok_and(|now| now == *content))
        };
        if !same {
            return Ok(false);
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_that_was_changed_is_kept() {
        for change in ["labels/mine.json", "data/new.txt", "project.toml"] {
            let copy = SampleCopy::new().unwrap();
            fs::write(copy.folder().join(change), "x").unwrap();
            let kept = copy.close().unwrap();
            assert_eq!(fs::read(kept.join(change)).unwrap(), b"x");
            fs::remove_dir_all(kept).unwrap();
        }
    }

    #[test]
    fn a_copy_that_was_only_served_is_removed() {
        let copy = SampleCopy::new().unwrap();
        let folder = copy.folder().to_owned();
        fs::create_dir(folder.join(SCRATCH)).unwrap();
        fs::write(folder.join(SCRATCH).join("key"), "secret").unwrap();
        assert_eq!((copy.close(), folder.exists()), (None, false));
    }
}
