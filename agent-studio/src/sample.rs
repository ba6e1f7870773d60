//! The sample project, which is embedded in the program.

use std::path::{Path, PathBuf};
use std::{fs, io};

/// Files of the sample project, by path relative to its folder.
const FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/sample_files.rs"));

/// Folder for generated files, which are not part of the project.
const SCRATCH: &str = ".scratch";

/// Writes the sample project to a folder, which is created if necessary. Existing files are replaced.
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

/// Returns the path of the sample project's file with this content, relative to its folder.
pub(crate) fn name_of(content: &[u8]) -> Option<&'static str> {
    FILES.iter().find(|(_, own)| *own == content).map(|(name, _)| *name)
}

/// Returns the content of a file of the sample project, by path relative to its folder.
pub(crate) fn content_of(name: &str) -> Option<&'static [u8]> {
    FILES.iter().find(|(own, _)| *own == name).map(|(_, content)| *content)
}

/// A temporary copy of the sample project, for one run of a program.
///
/// ```
/// let copy = agent_studio::SampleCopy::new()?;
/// assert!(copy.folder().join("project.toml").is_file());
/// assert_eq!(copy.close(), None, "an unchanged copy is removed");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "call `close` to remove an unchanged copy"]
pub struct SampleCopy {
    folder: PathBuf,
}

impl SampleCopy {
    /// Creates a copy.
    ///
    /// # Errors
    /// The copy cannot be written.
    pub fn new() -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("agent-studio-").tempdir()?;
        copy_sample_project(folder.path())?;
        Ok(Self { folder: folder.keep() })
    }

    /// Returns the folder of the copy.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Removes the copy if it is unchanged. Otherwise keeps it and returns its folder.
    pub fn close(self) -> Option<PathBuf> {
        let untouched = is_sample(&self.folder, "").unwrap_or(false);
        (!untouched || fs::remove_dir_all(&self.folder).is_err()).then_some(self.folder)
    }
}

/// Returns whether a folder contains only unchanged files of the sample.
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
    fn close_keeps_changed_copy() {
        for change in ["labels/mine.json", "data/new.txt", "project.toml"] {
            let copy = SampleCopy::new().unwrap();
            fs::write(copy.folder().join(change), "x").unwrap();
            let kept = copy.close().unwrap();
            assert_eq!(fs::read(kept.join(change)).unwrap(), b"x");
            fs::remove_dir_all(kept).unwrap();
        }
    }

    #[test]
    fn close_removes_served_but_unchanged_copy() {
        let copy = SampleCopy::new().unwrap();
        let folder = copy.folder().to_owned();
        fs::create_dir(folder.join(SCRATCH)).unwrap();
        fs::write(folder.join(SCRATCH).join("key"), "secret").unwrap();
        assert_eq!((copy.close(), folder.exists()), (None, false));
    }
}
