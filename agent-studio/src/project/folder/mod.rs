//! A project in a plain folder.
//!
//! | file | holds |
//! |---|---|
//! | `project.toml` | titles, hashes, stages; written by people |
//! | `ontology.json` | the ontology |
//! | `data/` | a file for each image, video, sound, text and PDF; a folder of images for each image group |
//! | `labels/NAME.json` | the label row of `data/NAME`; `labels/BRANCH/NAME.json` on other branches than `main` |
//! | `state.json` | stages, priorities and client metadata that have been changed |
//!
//! A file that is put into `data/` is data of the project from the next listing on. Everything that the platform writes is
//! replaced in one step, so that a crash leaves the old file or the new one, and laid out for `git diff`.

mod atomic;
mod files;
mod labels;
mod order;
mod scan;
mod settings;
mod state;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::raw_json::pretty;
use crate::regular_file;

use super::data::{Data, StoredRow};
use super::identity::Identity;
use super::open_error::OpenError;
use super::served::Project;
use super::source::ProjectSource;
use super::store::Store;
use super::world::World;

use files::Stamp;
use labels::label_file;
pub(super) use order::natural;
use scan::Known;
use settings::Settings;

/// A folder that is served.
#[derive(Debug)]
pub(crate) struct Folder {
    root: PathBuf,
    known: Mutex<Known>,
    /// Locked as long as the folder is served.
    _lock: Option<File>,
}

impl Project {
    /// The project in this folder.
    ///
    /// # Errors
    /// Something in the folder is not as it must be, or it is being served already.
    pub(crate) fn in_folder(root: &Path) -> Result<Self, OpenError> {
        let lock = lock(root)?;
        for folder in labels::folders(root)? {
            atomic::remove_left_overs(&folder);
        }
        let folder = Folder { root: root.to_owned(), known: Mutex::default(), _lock: lock };
        let source = folder.source()?;
        Self::new(Identity::of(&source), &source, Box::new(folder))
    }
}

/// Makes sure that nobody else serves the folder, where the system can tell.
fn lock(root: &Path) -> Result<Option<File>, OpenError> {
    let path = root.join("project.toml");
    let file = regular_file::open(&path).map_err(|source| OpenError::File { path: path.clone(), source })?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(std::fs::TryLockError::WouldBlock) => Err(OpenError::Busy { path: root.to_owned() }),
        Err(std::fs::TryLockError::Error(error)) => {
            tracing::warn!(%error, "the folder cannot be locked: serve it once only");
            Ok(None)
        }
    }
}

impl Folder {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everything in the folder as it is now.
    fn source(&self) -> Result<ProjectSource, OpenError> {
        let settings = Settings::read(&self.root)?;
        let ontology = files::text(&self.root.join("ontology.json"))?;
        // Only what was read in whole is known: the rest is still news the next time.
        let mut known = self.known().clone();
        let mut data = scan::scan(&self.root, &mut known)?;
        labels::add(&self.root.join("labels"), &mut data, &mut known)?;
        settings.name(&mut data);
        labels::adopt_hashes(&mut data)?;
        let mut source = settings.project(&self.root, ontology)?;
        source.data = data;
        *self.known() = known;
        Ok(source)
    }
}

impl Store for Folder {
    fn keep_row(&self, data: &Data, branch: &str, row: &StoredRow) -> std::io::Result<()> {
        let path = label_file(&self.root.join("labels"), &data.title, branch);
        let mut known = self.known();
        let before = known.rows.get(&path).copied();
        match atomic::replace(&path, pretty(&row.document).as_bytes(), before)? {
            Some(stamp) => {
                known.wrote(path, stamp);
                Ok(())
            }
            None => {
                Err(std::io::Error::other(format!("{} was changed by somebody else; read it again", path.display())))
            }
        }
    }

    fn keep_state(&self, world: &World, identity: &Identity) -> std::io::Result<()> {
        let state = serde_json::to_string(&state::State::of(world, identity))?;
        atomic::write(&self.root.join("state.json"), pretty(&state).as_bytes())
    }

    fn restore(&self, world: &mut World, identity: &Identity) -> Result<(), OpenError> {
        let path = self.root.join("state.json");
        if !path.exists() {
            return Ok(());
        }
        let state = files::text(&path)?;
        let state = serde_json::from_str::<state::State>(&state).map_err(|error| error.to_string());
        let applied = state.and_then(|state| state.apply(world, identity));
        applied.map_err(|problem| OpenError::Content { path, problem })
    }

    fn has_news(&self, rows: &mut dyn Iterator<Item = (&Data, &str)>) -> bool {
        let known = self.known();
        let has_changed = |(path, stamp): (&PathBuf, Option<Stamp>)| Stamp::of(path) != stamp;
        if known.has_unreadable
            || known.folders.iter().any(|(path, stamp)| has_changed((path, *stamp)))
            || known.young.iter().any(|(path, stamp)| has_changed((path, Some(*stamp))))
        {
            return true;
        }
        let labels = self.root.join("labels");
        for (data, branch) in rows {
            let path = label_file(&labels, &data.title, branch);
            if Stamp::of(&path) != known.rows.get(&path).copied() {
                return true;
            }
        }
        false
    }

    fn reload(&self) -> Result<Option<ProjectSource>, OpenError> {
        self.source().map(Some)
    }
}
