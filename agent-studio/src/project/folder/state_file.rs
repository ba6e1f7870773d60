//! The files of the state: `state.json`, and the changes since in `state-changes.jsonl`.
//!
//! A small `state.json` is replaced with every change. Replacing a large one would make each move of a task as slow as the
//! project is large: there, a change is a line that is appended to `state-changes.jsonl`. Once that file is as large as
//! `state.json`, it is merged into it, so that a change costs the same on average in projects of any size. A clean stop and
//! the next start merge it, too.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::raw_json::{compact, pretty};

use super::super::identity::Identity;
use super::super::open_error::OpenError;
use super::super::world::World;
use super::atomic;
use super::files::{FileStamp, text};
use super::state::{State, StateChange};

/// Size up to which `state.json` is replaced with every change, in bytes.
const MAX_REPLACED: u64 = 32 << 10;

/// Writes the state of a project.
#[derive(Debug)]
pub(super) struct StateFile {
    path: PathBuf,
    /// Size of `state.json` at the last read or write.
    size: u64,
    log: ChangeLog,
}

/// The appended changes.
#[derive(Debug)]
struct ChangeLog {
    path: PathBuf,
    /// The open file with its stamp after the last change; `None` if there are no changes.
    file: Option<(File, FileStamp)>,
}

impl StateFile {
    /// Creates the writer of the state in a project folder.
    pub(super) fn new(root: &Path) -> Self {
        let log = ChangeLog { path: root.join("state-changes.jsonl"), file: None };
        Self { path: root.join("state.json"), size: 0, log }
    }

    /// Reads the state, and merges appended changes into `state.json`.
    ///
    /// # Errors
    /// A file cannot be read, or its content is invalid.
    pub(super) fn read(&mut self) -> Result<State, OpenError> {
        let mut state = State::default();
        if self.path.exists() {
            let content = text(&self.path)?;
            self.size = content.len() as u64;
            state = serde_json::from_str(&content).map_err(|error| self.invalid(error.to_string()))?;
        }
        let changes = self.log.read()?;
        if !changes.is_empty() {
            changes.into_iter().for_each(|change| state.merge(change));
            if let Err(error) = self.replace(&state) {
                tracing::warn!(%error, file = %self.path.display(), "cannot merge the changes in state-changes.jsonl");
            }
        }
        Ok(state)
    }

    /// Returns the error of invalid content.
    pub(super) fn invalid(&self, problem: String) -> OpenError {
        OpenError::Content { path: self.path.clone(), problem }
    }

    /// Writes the changes of the current transaction.
    ///
    /// # Errors
    /// The files cannot be written. Then they contain no part of the transaction.
    pub(super) fn write(&mut self, world: &World, identity: &Identity) -> io::Result<()> {
        let is_large = self.size > MAX_REPLACED && self.log.size() < self.size;
        if is_large && self.log.is_usable() {
            // Client metadata is stored as it was sent, which may be several lines.
            let line = compact(&serde_json::to_string(&StateChange::from_transaction(world, identity))?) + "\n";
            return self.log.append(line.as_bytes());
        }
        self.replace(&State::from_world(world, identity))
    }

    /// Merges appended changes into `state.json`.
    ///
    /// # Errors
    /// `state.json` cannot be written.
    pub(super) fn merge_changes(&mut self, world: &World, identity: &Identity) -> io::Result<()> {
        if self.log.file.is_none() {
            return Ok(());
        }
        self.replace(&State::from_world(world, identity))
    }

    /// Replaces `state.json`, and removes the changes. If only the removal fails, the changes are applied again later, which
    /// has no effect.
    fn replace(&mut self, state: &State) -> io::Result<()> {
        let content = pretty(&serde_json::to_string(state)?);
        atomic::write(&self.path, content.as_bytes())?;
        self.size = content.len() as u64;
        self.log.remove()
    }
}

impl ChangeLog {
    fn size(&self) -> u64 {
        self.file.as_ref().map_or(0, |(_, stamp)| stamp.length())
    }

    /// Returns whether the file is as this process left it.
    fn is_usable(&self) -> bool {
        FileStamp::read(&self.path) == self.file.as_ref().map(|(_, stamp)| *stamp)
    }

    /// Reads the changes. A crash may have left an incomplete last line, which was not acknowledged.
    fn read(&self) -> Result<Vec<StateChange>, OpenError> {
        if !self.path.exists() {
            return Ok(Vec::new());
        }
        let content = text(&self.path)?;
        let complete = content.rfind('\n').map_or("", |end| &content[..end]);
        let lines = complete.lines().enumerate().filter(|(_, line)| !line.is_empty());
        let parsed = lines.map(|(at, line)| {
            serde_json::from_str(line).map_err(|error| {
                let problem = format!("line {}: {error}", at + 1);
                OpenError::Content { path: self.path.clone(), problem }
            })
        });
        parsed.collect()
    }

    fn append(&mut self, line: &[u8]) -> io::Result<()> {
        let (mut file, length) = match self.file.take() {
            Some((file, stamp)) => (file, stamp.length()),
            None => (OpenOptions::new().append(true).create_new(true).open(&self.path)?, 0),
        };
        let written = file.write_all(line).and_then(|()| file.sync_data());
        let written = written.and_then(|()| if length == 0 { atomic::sync_parent(&self.path) } else { Ok(()) });
        if let Err(error) = written {
            // If this fails too, the next change replaces `state.json`, because the file is not as this process left it.
            file.set_len(length)?;
            self.file = FileStamp::read(&self.path).map(|stamp| (file, stamp));
            return Err(error);
        }
        self.file = FileStamp::read(&self.path).map(|stamp| (file, stamp));
        Ok(())
    }

    fn remove(&mut self) -> io::Result<()> {
        self.file = None;
        match std::fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}
