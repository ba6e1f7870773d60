//! Storage of a project in a plain folder.
//!
//! | file | content |
//! |---|---|
//! | `project.toml` | titles, hashes and stages; edited by people |
//! | `ontology.json` | the ontology |
//! | `data/` | a file for each image, video, audio file, text and PDF; a folder of images for each image group |
//! | `labels/NAME.json` | the label row of `data/NAME`; `labels/BRANCH/NAME.json` on branches other than `main` |
//! | `state.json` | changed stages, priorities, client metadata and issues |
//! | `state-changes.jsonl` | in large projects, while the platform runs: changes that are not in `state.json` yet |
//!
//! A file that is added to `data/` appears in the project with the next listing. The platform replaces files
//! atomically, so that a crash leaves the old file or the new one, and formats them for `git diff`.

mod atomic;
mod files;
mod labels;
mod natural_order;
mod scan;
mod settings;
mod state;
mod state_file;

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::raw_json::pretty;
use crate::regular_file;

use super::data::{Data, StoredRow};
use super::identity::Identity;
use super::loaded_project::Project;
use super::open_error::OpenError;
use super::source::ProjectSource;
use super::store::Store;
use super::world::World;

use files::FileStamp;
use labels::label_file;
pub(super) use natural_order::natural_order;
use scan::FolderCache;
use settings::Settings;
use state_file::StateFile;

/// A served project folder.
#[derive(Debug)]
pub(crate) struct Folder {
    root: PathBuf,
    cache: Mutex<FolderCache>,
    state: Mutex<StateFile>,
    /// Lock on the folder, held while it is served.
    _lock: Option<File>,
}

impl Project {
    /// Opens the project in this folder.
    ///
    /// # Errors
    /// The folder has invalid content, or another process serves it.
    pub(crate) fn in_folder(root: &Path) -> Result<Self, OpenError> {
        let lock = lock(root)?;
        for folder in labels::folders(root)? {
            atomic::remove_temporary_files(&folder);
        }
        let state = Mutex::new(StateFile::new(root));
        let folder = Folder { root: root.to_owned(), cache: Mutex::default(), state, _lock: lock };
        let source = folder.source()?;
        Self::new(Identity::from_source(&source), &source, Box::new(folder))
    }
}

/// Time to wait for a lock. A process that this program starts holds a copy of a released lock until it executes its program.
const LOCK_TIMEOUT: Duration = Duration::from_millis(200);

const LOCK_RETRY_INTERVAL: Duration = Duration::from_millis(10);

/// Locks the folder against other processes, if the file system supports locks.
fn lock(root: &Path) -> Result<Option<File>, OpenError> {
    let path = root.join("project.toml");
    let file = regular_file::open(&path).map_err(|source| OpenError::File { path: path.clone(), source })?;
    let began = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::WouldBlock) if began.elapsed() < LOCK_TIMEOUT => thread::sleep(LOCK_RETRY_INTERVAL),
            Err(TryLockError::WouldBlock) => return Err(OpenError::Busy { path: root.to_owned() }),
            Err(TryLockError::Error(error)) => {
                tracing::warn!(%error, "cannot lock the folder: do not serve it twice");
                return Ok(None);
            }
        }
    }
}

impl Folder {
    fn cache(&self) -> MutexGuard<'_, FolderCache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn state(&self) -> MutexGuard<'_, StateFile> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the whole folder.
    fn source(&self) -> Result<ProjectSource, OpenError> {
        let settings = Settings::read(&self.root)?;
        let ontology = files::text(&self.root.join("ontology.json"))?;
        // The cache is updated only after a complete read, so that a failed read is repeated.
        let mut cache = self.cache().clone();
        let mut data = scan::scan(&self.root, &mut cache)?;
        labels::add(&self.root.join("labels"), &mut data, &mut cache)?;
        settings.apply_hashes(&mut data);
        labels::adopt_hashes(&mut data)?;
        let mut source = settings.project(&self.root, ontology)?;
        source.data = data;
        *self.cache() = cache;
        Ok(source)
    }
}

impl Store for Folder {
    fn write_row(&self, data: &Data, branch: &str, row: &StoredRow) -> std::io::Result<()> {
        let path = label_file(&self.root.join("labels"), &data.title, branch);
        let mut cache = self.cache();
        let before = cache.rows.get(&path).copied();
        match atomic::replace(&path, pretty(&row.document).as_bytes(), before)? {
            Some(stamp) => {
                cache.record_write(path, stamp);
                Ok(())
            }
            None => {
                Err(std::io::Error::other(format!("{} was changed by another program; read it again", path.display())))
            }
        }
    }

    fn write_state(&self, world: &World, identity: &Identity) -> std::io::Result<()> {
        self.state().write(world, identity)
    }

    fn restore(&self, world: &mut World, identity: &Identity) -> Result<(), OpenError> {
        let mut file = self.state();
        let state = file.read()?;
        state.apply(world, identity).map_err(|problem| file.invalid(problem))
    }

    fn close(&self, world: &World, identity: &Identity) -> std::io::Result<()> {
        self.state().merge_changes(world, identity)
    }

    fn has_changed(&self, rows: &mut dyn Iterator<Item = (&Data, &str)>) -> bool {
        let mut cache = self.cache();
        let has_changed = |(path, stamp): (&PathBuf, &Option<FileStamp>)| FileStamp::read(path) != *stamp;
        if cache.has_unreadable || cache.folders.iter().any(has_changed) || cache.has_changed_recent() {
            return true;
        }
        let labels = self.root.join("labels");
        for (data, branch) in rows {
            let path = label_file(&labels, &data.title, branch);
            if FileStamp::read(&path) != cache.rows.get(&path).copied() {
                return true;
            }
        }
        false
    }

    fn reload(&self) -> Result<Option<ProjectSource>, OpenError> {
        self.source().map(Some)
    }
}
