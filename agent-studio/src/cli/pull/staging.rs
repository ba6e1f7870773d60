//! Staging folder for downloads, so that an interrupted pull leaves no partial project.

use std::path::{Path, PathBuf};
use std::{fs, io};

use super::remote::Files;
use crate::cli::failure::Failure;

/// A hidden folder inside the project folder. It is on the same file system, so that files can be renamed into place.
/// Dropping it removes the folder.
#[derive(Debug)]
pub(super) struct Staging {
    project: PathBuf,
    folder: PathBuf,
}

impl Staging {
    /// Creates the staging folder, and the project folder if it is missing.
    pub(super) fn new(project: &Path) -> Result<Self, Failure> {
        let folder = project.join(format!(".pull-{}", std::process::id()));
        // Left over from an earlier process with the same process ID.
        let _ = fs::remove_dir_all(&folder);
        let staging = Self { project: project.to_owned(), folder };
        fs::create_dir_all(&staging.folder).map_err(|error| Failure::write(project, &error))?;
        Ok(staging)
    }

    /// Returns the staging path of a file of the project folder.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Writes a file of the project folder to the staging folder.
    pub(super) fn write(&self, name: &str, content: &[u8]) -> Result<(), Failure> {
        let path = self.path(name);
        let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, content));
        written.map_err(|error| Failure::write(&path, &error))
    }

    /// Moves all files into place. `project.toml` is last, because it makes the folder a project.
    pub(super) fn commit(&self, files: &Files<'_>) -> Result<(), Failure> {
        let data = format!("data/{}", files.name);
        for name in [data.as_str(), &files.labels, "ontology.json", "state.json", "project.toml"] {
            let (from, to) = (self.path(name), self.project.join(name));
            if !from.exists() {
                continue;
            }
            move_file(&from, &to).map_err(|error| Failure::write(&to, &error))?;
        }
        Ok(())
    }
}

fn move_file(from: &Path, to: &Path) -> io::Result<()> {
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::rename(from, to)
}

impl Drop for Staging {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
        // Removes the project folder only if it is empty, which it is after a failed first pull.
        let _ = fs::remove_dir(&self.project);
    }
}
