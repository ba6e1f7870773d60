//! The folder that data is pulled into.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::project_file;
use super::remote::{Files, Remote};
use super::state_file;
use crate::cli::failure::Failure;

/// A folder that data can be pulled into.
#[derive(Debug)]
pub(super) struct Target {
    folder: PathBuf,
    /// `project.toml`, if the folder holds the project already.
    settings: Option<String>,
}

impl Target {
    /// A folder that is new, empty, or holds this project and is not being served.
    ///
    /// # Errors
    /// It holds something else.
    pub(super) fn of(folder: &Path, project: Uuid) -> Result<Self, Failure> {
        let path = folder.join("project.toml");
        if !path.is_file() {
            let is_used = fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
            if is_used || folder.is_file() {
                let shown = folder.display();
                return Err(Failure::new(format!(
                    "{shown} is there already and is no project folder: choose another."
                )));
            }
            return Ok(Self { folder: folder.to_owned(), settings: None });
        }
        let settings = fs::read_to_string(&path).map_err(|error| Failure::file("read", &path, &error))?;
        let table: toml::Table = toml::from_str(&settings)
            .map_err(|error| Failure::new(format!("{} cannot be read: {error}.", path.display())))?;
        let hash = table.get("project_hash").and_then(toml::Value::as_str).and_then(|hash| hash.parse::<Uuid>().ok());
        if hash != Some(project) {
            let title = table.get("title").and_then(toml::Value::as_str).unwrap_or("without a title");
            return Err(Failure::new(format!(
                "{} holds another project, {title}: choose another folder.",
                folder.display()
            )));
        }
        let lock = File::open(&path).map_err(|error| Failure::file("read", &path, &error))?;
        if matches!(lock.try_lock(), Err(fs::TryLockError::WouldBlock)) {
            return Err(Failure::new(format!("{} is being served: stop that, and pull again.", folder.display())));
        }
        Ok(Self { folder: folder.to_owned(), settings: Some(settings) })
    }

    /// Makes sure that the data is not there yet.
    ///
    /// # Errors
    /// It is: pulling would overwrite what was done here.
    pub(super) fn check_free(&self, files: &Files<'_>) -> Result<(), Failure> {
        for name in [&format!("data/{}", files.name), &files.labels] {
            let path = self.folder.join(name);
            if path.exists() {
                let shown = path.display();
                let advice = "move it away to pull it again, together with its part of project.toml";
                return Err(Failure::new(format!("{shown} is there already: {advice}.")));
            }
        }
        Ok(())
    }

    /// `project.toml` with the data.
    pub(super) fn settings(&self, remote: &Remote, files: &Files<'_>) -> String {
        let mut text = match &self.settings {
            Some(settings) => format!("{}\n", settings.trim_end()),
            None => project_file::project(remote),
        };
        text.push_str(&project_file::data(remote, files));
        text
    }

    /// `state.json` with the data.
    ///
    /// # Errors
    /// The one that is there cannot be read.
    pub(super) fn state(&self, remote: &Remote, files: &Files<'_>) -> Result<String, Failure> {
        let path = self.folder.join("state.json");
        let before = if path.is_file() {
            Some(fs::read_to_string(&path).map_err(|error| Failure::file("read", &path, &error))?)
        } else {
            None
        };
        let state = state_file::with(before.as_deref(), remote, files);
        state.map_err(|error| Failure::new(format!("{} cannot be read: {error}.", path.display())))
    }
}
