//! Detects changes of source files.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use notify::event::{EventKind, ModifyKind};
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc;
use tokio::time::Instant;

/// Time without further changes after which a change is reported. Editors write a file in several steps.
const QUIET: Duration = Duration::from_millis(40);
/// Maximum delay of a report while changes continue.
const MAX_DELAY: Duration = Duration::from_millis(400);

/// Watches a folder and additional folders for changes of source files.
///
/// Hidden files except `.env`, editors' backup files, and build folders are ignored.
#[derive(Debug)]
pub(super) struct SourceWatcher {
    watcher: RecommendedWatcher,
    scope: Arc<Mutex<Scope>>,
    changes: mpsc::UnboundedReceiver<()>,
    /// Latest time of the next report, if there was a change that is not reported yet.
    report_by: Option<Instant>,
    /// New child folders of the root.
    folders: mpsc::UnboundedReceiver<PathBuf>,
}

/// The paths that count as sources.
#[derive(Debug, Default)]
struct Scope {
    root: PathBuf,
    /// Folders below which nothing counts.
    ignored: Vec<PathBuf>,
    /// Folders outside the root whose files count.
    additional: BTreeSet<PathBuf>,
}

impl Scope {
    fn contains(&self, path: &Path) -> bool {
        if self.ignored.iter().any(|folder| path.starts_with(folder)) {
            return false;
        }
        if path.parent().is_some_and(|parent| self.additional.contains(parent)) {
            return path.file_name().is_some_and(is_source_name);
        }
        let Ok(relative) = path.strip_prefix(&self.root) else { return false };
        relative.components().all(|component| is_source_name(component.as_os_str()))
    }
}

/// Returns `false` for hidden names except `.env`, for build folders, and for temporary and backup files of editors.
fn is_source_name(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    let is_temporary = name.ends_with('~') || name.starts_with('#') || name == "4913";
    let extension = Path::new(&*name).extension().and_then(OsStr::to_str).unwrap_or_default();
    let is_backup = ["swp", "swx", "tmp", "bak", "snap", "new"].contains(&extension);
    let is_hidden = name.starts_with('.') && name != super::environment::FILE;
    !(is_hidden || is_temporary || is_backup || name == "target" || name == "node_modules")
}

impl SourceWatcher {
    /// Starts to watch a folder. Changes below the `ignored` folders are not reported.
    ///
    /// # Errors
    /// The system cannot watch files.
    pub(super) fn new(root: &Path, ignored: Vec<PathBuf>) -> notify::Result<Self> {
        let scope = Arc::new(Mutex::new(Scope { root: root.to_owned(), ignored, additional: BTreeSet::new() }));
        let (report_change, changes) = mpsc::unbounded_channel();
        let (report_folder, folders) = mpsc::unbounded_channel();
        let watched = Arc::clone(&scope);
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            let Ok(event) = event else { return };
            let is_change = match event.kind {
                EventKind::Access(_) | EventKind::Modify(ModifyKind::Metadata(_)) => false,
                EventKind::Any | EventKind::Other => event.need_rescan(),
                _ => true,
            };
            if !is_change {
                return;
            }
            let scope = watched.lock().unwrap_or_else(PoisonError::into_inner);
            if event.need_rescan() || event.paths.iter().any(|path| scope.contains(path)) {
                for path in event.paths.iter().filter(|path| path.parent() == Some(&*scope.root) && path.is_dir()) {
                    // The receiver is gone only while the program ends.
                    let _ = report_folder.send(path.clone());
                }
                let _ = report_change.send(());
            }
        })?;
        // Not recursively: the build folder has thousands of folders.
        watcher.watch(root, RecursiveMode::NonRecursive)?;
        let mut this = Self { watcher, scope, changes, report_by: None, folders };
        for entry in std::fs::read_dir(root)?.flatten() {
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                this.watch_child(&entry.path())?;
            }
        }
        Ok(this)
    }

    fn watch_child(&mut self, folder: &Path) -> notify::Result<()> {
        if self.scope.lock().unwrap_or_else(PoisonError::into_inner).contains(folder) {
            self.watcher.watch(folder, RecursiveMode::Recursive)?;
        }
        Ok(())
    }

    /// Watches the folders of these files, too, such as sources of path dependencies outside the root.
    pub(super) fn add_files(&mut self, files: &[PathBuf]) {
        let folders: BTreeSet<&Path> = files.iter().filter_map(|file| file.parent()).collect();
        for folder in folders {
            let mut scope = self.scope.lock().unwrap_or_else(PoisonError::into_inner);
            let is_ignored = scope.ignored.iter().any(|ignored| folder.starts_with(ignored));
            let is_new = !is_ignored && !folder.starts_with(&scope.root) && scope.additional.insert(folder.to_owned());
            drop(scope);
            // A folder that cannot be watched, such as a deleted one, does not prevent the others.
            if is_new && let Err(error) = self.watcher.watch(folder, RecursiveMode::NonRecursive) {
                tracing::warn!(folder = %folder.display(), %error, "cannot watch a folder for changes");
            }
        }
    }

    /// Waits for a change, and then until there are no further changes. Cancel safe.
    pub(super) async fn changed(&mut self) {
        let deadline = match self.report_by {
            Some(deadline) => deadline,
            None if self.changes.recv().await.is_none() => return std::future::pending().await,
            None => *self.report_by.insert(Instant::now() + MAX_DELAY),
        };
        loop {
            let quiet = (Instant::now() + QUIET).min(deadline);
            match tokio::time::timeout_at(quiet, self.changes.recv()).await {
                Ok(Some(())) if Instant::now() < deadline => {}
                _ => break,
            }
        }
        self.report_by = None;
        while let Ok(folder) = self.folders.try_recv() {
            // The folder may have been removed since.
            let _ = self.watch_child(&folder);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// Changes a file repeatedly until the watcher reports it, so that no event is missed.
    async fn reports(watcher: &mut SourceWatcher, path: &Path) {
        let changed = async {
            tokio::time::timeout(Duration::from_secs(30), watcher.changed()).await.expect("a change is reported");
        };
        fs::write(path, "changed").unwrap();
        changed.await;
    }

    #[tokio::test]
    async fn reports_changed_and_new_files() {
        let folder = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(folder.path()).unwrap();
        fs::create_dir_all(root.join("src/deep")).unwrap();
        let mut watcher = SourceWatcher::new(&root, Vec::new()).unwrap();
        for name in ["src/main.rs", "src/deep/a.rs", "Cargo.toml", ".env"] {
            reports(&mut watcher, &root.join(name)).await;
        }
        // A folder that was created later.
        fs::create_dir(root.join("tests")).unwrap();
        watcher.changed().await;
        reports(&mut watcher, &root.join("tests/main.rs")).await;
    }

    #[tokio::test]
    async fn reports_change_after_cancelled_wait() {
        let folder = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(folder.path()).unwrap();
        let mut watcher = SourceWatcher::new(&root, Vec::new()).unwrap();
        // As when a build ends while further changes are awaited.
        while watcher.report_by.is_none() {
            fs::write(root.join("Cargo.toml"), "changed").unwrap();
            let _ = tokio::time::timeout(Duration::from_millis(5), watcher.changed()).await;
        }
        let changed = tokio::time::timeout(Duration::from_secs(30), watcher.changed());
        changed.await.expect("the change is reported");
    }

    #[tokio::test]
    async fn ignores_build_folder_and_saved_labels() {
        let folder = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(folder.path()).unwrap();
        for name in ["target", "project/labels", ".git", "src"] {
            fs::create_dir_all(root.join(name)).unwrap();
        }
        let mut watcher = SourceWatcher::new(&root, vec![root.join("project/labels")]).unwrap();
        for name in ["target/a", "project/labels/a.json", ".git/HEAD", "src/.main.rs.swp", "src/main.rs~"] {
            fs::write(root.join(name), "x").unwrap();
        }
        // Events are reported in order: the first one is that of the source file.
        fs::write(root.join("src/main.rs"), "x").unwrap();
        watcher.changed().await;
        assert!(watcher.changes.try_recv().is_err());
        let scope = watcher.scope.lock().unwrap();
        for (name, expected) in [("target/a", false), ("project/labels/a.json", false), ("project/ontology.json", true)]
        {
            assert_eq!(scope.contains(&root.join(name)), expected, "{name}");
        }
        for name in [".git/HEAD", "src/.main.rs.swp", "src/main.rs~", "../other.rs"] {
            assert!(!scope.contains(&root.join(name)), "{name}");
        }
    }

    #[tokio::test]
    async fn reports_files_of_path_dependencies() {
        let (folder, dependency) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let root = fs::canonicalize(folder.path()).unwrap();
        let file = fs::canonicalize(dependency.path()).unwrap().join("lib.rs");
        let mut watcher = SourceWatcher::new(&root, Vec::new()).unwrap();
        watcher.add_files(std::slice::from_ref(&file));
        reports(&mut watcher, &file).await;
    }
}
