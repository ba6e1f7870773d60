//! Scan of the media files in `data/`.

use std::collections::{HashMap, HashSet, VecDeque};
use std::path::{Path, PathBuf};

use crate::media::{MediaFacts, MediaKind, probe};

use super::super::open_error::OpenError;
use super::super::source::{DataSource, ImageSource, Media};
use super::files::{FileStamp, names};
use super::natural_order::natural_order;

/// Cache of a folder's files, so that only changed files are read again.
#[derive(Debug, Clone, Default)]
pub(super) struct FolderCache {
    /// Stamps of folders, whose change means that entries were added or removed. `None` for missing folders.
    pub(super) folders: HashMap<PathBuf, Option<FileStamp>>,
    /// Stamps of label files at the last read or write.
    pub(super) rows: HashMap<PathBuf, FileStamp>,
    /// `true` if a file could not be parsed, possibly because it is still being written.
    pub(super) has_unreadable: bool,
    /// Files that may not have been complete when they were read.
    recent: VecDeque<(PathBuf, FileStamp)>,
    probed: HashMap<PathBuf, (FileStamp, MediaKind, MediaFacts)>,
    /// Files for which a warning was logged.
    skipped: HashSet<PathBuf>,
}

/// Returns the data units of a project folder, sorted by name.
///
/// Named pipes, devices and links that lead out of the project are skipped with a warning, because an untrusted project
/// must not serve other files of this machine.
///
/// # Errors
/// A folder cannot be read, or `data/` itself leads out of the project.
pub(super) fn scan(project: &Path, cache: &mut FolderCache) -> Result<Vec<DataSource>, OpenError> {
    let folder = &project.join("data");
    let root = Root::open(project, folder)?;
    cache.folders.clear();
    cache.has_unreadable = false;
    cache.recent.clear();
    let mut data = Vec::new();
    for name in sorted_names(folder, cache)? {
        let path = folder.join(&name);
        if !root.contains(&path) {
            cache.skip(&path, OUTSIDE_PROJECT);
        } else if path.is_dir() {
            data.extend(image_group(&root, &path, name, cache)?);
        } else if let Some((kind, facts)) = cache.probe(&path) {
            let media = root.media(path);
            data.push(DataSource { title: name, kind: Some(kind), facts, media, ..DataSource::default() });
        }
    }
    Ok(data)
}

/// Number of recent files that are checked per request. A request must not take longer the larger the project is: in large
/// projects, each request checks the next ones.
const MAX_CHECKED_FILES: usize = 1000;

const OUTSIDE_PROJECT: &str = "it is a link that leads out of the project's folder";

/// The project folder, which must contain all data.
struct Root<'a> {
    project: &'a Path,
    /// Path with symbolic links resolved.
    resolved: PathBuf,
}

impl<'a> Root<'a> {
    fn open(project: &'a Path, data: &Path) -> Result<Self, OpenError> {
        let resolved = project.canonicalize().map_err(|source| OpenError::File { path: project.to_owned(), source })?;
        let root = Self { project, resolved };
        if data.is_symlink() && !root.contains(data) {
            let advice = "move its files in, or serve the folder that they are in";
            return Err(OpenError::Content { path: data.to_owned(), problem: format!("{OUTSIDE_PROJECT}: {advice}") });
        }
        Ok(root)
    }

    /// Returns whether a path is inside the folder. Only links need a check, because the parent folder has been
    /// checked.
    fn contains(&self, path: &Path) -> bool {
        !path.is_symlink() || path.canonicalize().is_ok_and(|path| path.starts_with(&self.resolved))
    }

    fn media(&self, path: PathBuf) -> Media {
        Media::Within { folder: self.project.to_owned(), path }
    }
}

fn sorted_names(folder: &Path, cache: &mut FolderCache) -> Result<Vec<String>, OpenError> {
    // The stamp is read first, so that a change during the read is detected later.
    cache.watch(folder);
    let mut names = names(folder)?;
    names.sort_by(|one, other| natural_order(one, other));
    Ok(names)
}

fn image_group(
    root: &Root<'_>,
    folder: &Path,
    title: String,
    cache: &mut FolderCache,
) -> Result<Option<DataSource>, OpenError> {
    let mut images = Vec::new();
    for name in sorted_names(folder, cache)? {
        let path = folder.join(&name);
        if !root.contains(&path) {
            cache.skip(&path, OUTSIDE_PROJECT);
            continue;
        }
        match cache.probe(&path) {
            Some((MediaKind::Image, facts)) => {
                images.push(ImageSource { title: name, facts, media: root.media(path), ..ImageSource::default() });
            }
            Some(_) => cache.skip(&path, "only images make an image group"),
            None => {}
        }
    }
    if images.is_empty() {
        return Ok(None);
    }
    Ok(Some(DataSource::image_group(title, images)))
}

impl FolderCache {
    /// Records a label file that the platform wrote. `stamp` is the stamp at the write, so that later changes by other
    /// programs are detected.
    pub(super) fn record_write(&mut self, path: PathBuf, stamp: FileStamp) {
        for folder in path.ancestors().skip(1).take(2) {
            if let Some(stamp) = self.folders.get_mut(folder) {
                *stamp = FileStamp::read(folder);
            }
        }
        if let Some(folder) = path.parent() {
            self.watch(folder);
        }
        self.rows.insert(path, stamp);
    }

    /// Returns whether a file that may not have been complete has changed since.
    pub(super) fn has_changed_recent(&mut self) -> bool {
        let checked = self.recent.len().min(MAX_CHECKED_FILES);
        let has_changed = self.recent.iter().take(checked).any(|(path, stamp)| FileStamp::read(path) != Some(*stamp));
        self.recent.rotate_left(checked);
        has_changed
    }

    /// Records the stamp of a folder, so that later changes are detected.
    pub(super) fn watch(&mut self, folder: &Path) {
        self.folders.insert(folder.to_owned(), FileStamp::read(folder));
    }

    /// Returns kind and properties of a media file. Logs a warning and returns `None` if the file is not supported.
    fn probe(&mut self, path: &Path) -> Option<(MediaKind, MediaFacts)> {
        let stamp = FileStamp::read(path)?;
        if !path.is_file() {
            // Unlike an incomplete file, it is not probed again.
            self.skip(path, "it is not a regular file");
            return None;
        }
        if stamp.may_be_incomplete() {
            self.recent.push_back((path.to_owned(), stamp));
        }
        if let Some((cache, kind, facts)) = self.probed.get(path)
            && *cache == stamp
        {
            return Some((*kind, facts.clone()));
        }
        match probe(path) {
            Ok((kind, facts)) => {
                self.skipped.remove(path);
                self.probed.insert(path.to_owned(), (stamp, kind, facts.clone()));
                Some((kind, facts))
            }
            Err(error) => {
                self.has_unreadable |= !matches!(error, crate::media::ProbeError::UnknownKind);
                self.skip(path, &error.to_string());
                None
            }
        }
    }

    fn skip(&mut self, path: &Path, why: &str) {
        if self.skipped.insert(path.to_owned()) {
            tracing::warn!(file = %path.display(), why, "ignoring a file of the project");
        }
    }
}
