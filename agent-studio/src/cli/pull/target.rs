//! The destination folder of a pull.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::project_file;
use super::remote::{Files, Remote};
use super::state_file;
use crate::cli::failure::Failure;

/// The destination folder.
#[derive(Debug)]
pub(super) struct Target {
    folder: PathBuf,
    /// Content of `project.toml`, if the folder contains the project already.
    settings: Option<String>,
}

impl Target {
    /// Opens a folder that is new, empty, or contains this project and is not being served.
    ///
    /// # Errors
    /// The folder contains something else, or is being served.
    pub(super) fn open(folder: &Path, project: Uuid) -> Result<Self, Failure> {
        let path = folder.join("project.toml");
        if !path.is_file() {
            let is_occupied = fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
            if is_occupied || folder.is_file() {
                let shown = folder.display();
                return Err(Failure::new(format!("{shown} is not empty and is not a project folder: choose another.")));
            }
            return Ok(Self { folder: folder.to_owned(), settings: None });
        }
        let settings = fs::read_to_string(&path).map_err(|error| Failure::read(&path, &error))?;
        let table: toml::Table = toml::from_str(&settings)
            .map_err(|error| Failure::new(format!("Cannot read {}: {error}.", path.display())))?;
        let hash = table.get("project_hash").and_then(toml::Value::as_str).and_then(|hash| hash.parse::<Uuid>().ok());
        if hash != Some(project) {
            let title = table.get("title").and_then(toml::Value::as_str).unwrap_or("without a title");
            return Err(Failure::new(format!(
                "{} contains another project, {title}: choose another folder.",
                folder.display()
            )));
        }
        let lock = File::open(&path).map_err(|error| Failure::read(&path, &error))?;
        if matches!(lock.try_lock(), Err(fs::TryLockError::WouldBlock)) {
            return Err(Failure::new(format!(
                "{} is being served: stop the server, and pull again.",
                folder.display()
            )));
        }
        Ok(Self { folder: folder.to_owned(), settings: Some(settings) })
    }

    /// Checks that the folder does not contain the data yet.
    ///
    /// # Errors
    /// It does, and a pull would overwrite local changes.
    pub(super) fn ensure_absent(&self, files: &Files<'_>) -> Result<(), Failure> {
        for name in [&format!("data/{}", files.name), &files.labels] {
            let path = self.folder.join(name);
            if path.exists() {
                let shown = path.display();
                let advice = "to pull it again, move it away and remove its part of project.toml";
                return Err(Failure::new(format!("{shown} already exists: {advice}.")));
            }
        }
        Ok(())
    }

    /// Returns the new content of `project.toml`.
    pub(super) fn settings(&self, remote: &Remote, files: &Files<'_>) -> String {
        let mut text = match &self.settings {
            Some(settings) => format!("{}\n", settings.trim_end()),
            None => project_file::project_section(remote),
        };
        text.push_str(&project_file::data_sections(remote, files));
        text
    }

    /// Returns the new content of `state.json`.
    ///
    /// # Errors
    /// The existing file cannot be read.
    pub(super) fn state(&self, remote: &Remote, files: &Files<'_>) -> Result<String, Failure> {
        let path = self.folder.join("state.json");
        let before = if path.is_file() {
            Some(fs::read_to_string(&path).map_err(|error| Failure::read(&path, &error))?)
        } else {
            None
        };
        let state = state_file::merge(before.as_deref(), remote, files);
        state.map_err(|error| Failure::new(format!("Cannot read {}: {error}.", path.display())))
    }
}
