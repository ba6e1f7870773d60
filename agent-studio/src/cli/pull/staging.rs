//! What was pulled, before it is put in place.

use std::path::{Path, PathBuf};
use std::{fs, io};

use super::remote::Files;
use crate::cli::failure::Failure;

/// A hidden folder in the project's folder: on the same disk, so that files are put in place without being copied. It is
/// removed whatever happens.
#[derive(Debug)]
pub(super) struct Staging {
    project: PathBuf,
    folder: PathBuf,
}

impl Staging {
    /// Makes the project's folder, where it is not there, and the hidden one.
    pub(super) fn new(project: &Path) -> Result<Self, Failure> {
        let folder = project.join(format!(".pull-{}", std::process::id()));
        // What a process of the same number left behind, long ago.
        let _ = fs::remove_dir_all(&folder);
        let staging = Self { project: project.to_owned(), folder };
        fs::create_dir_all(&staging.folder).map_err(|error| Failure::file("written", project, &error))?;
        Ok(staging)
    }

    /// Where a file waits that will be at this place below the project's folder.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Writes a file that will be at this place below the project's folder.
    pub(super) fn write(&self, name: &str, content: &[u8]) -> Result<(), Failure> {
        let path = self.path(name);
        let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, content));
        written.map_err(|error| Failure::file("written", &path, &error))
    }

    /// Puts everything in place: `project.toml`, which makes a folder a project, last.
    pub(super) fn put(&self, files: &Files<'_>) -> Result<(), Failure> {
        let data = format!("data/{}", files.name);
        for name in [data.as_str(), &files.labels, "ontology.json", "state.json", "project.toml"] {
            let (from, to) = (self.path(name), self.project.join(name));
            if !from.exists() {
                continue;
            }
            put(&from, &to).map_err(|error| Failure::file("written", &to, &error))?;
        }
        Ok(())
    }
}

fn put(from: &Path, to: &Path) -> io::Result<()> {
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::rename(from, to)
}

impl Drop for Staging {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
        // A folder that was made in vain is empty now; any other stays.
        let _ = fs::remove_dir(&self.project);
    }
}
