//! What is in `data/`.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use crate::media::{MediaFacts, MediaKind, probe};

use super::super::open_error::OpenError;
use super::super::source::{DataSource, ImageSource, Media};
use super::files::{Stamp, names};
use super::order::natural;

/// What is known of a folder's files, so that only what changes is read again.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    /// The folders whose change means that something came or went; `None` for those that are not there.
    pub(super) folders: HashMap<PathBuf, Option<Stamp>>,
    /// The label files as they were last read or written.
    pub(super) rows: HashMap<PathBuf, Stamp>,
    /// Whether a file could not be made sense of: it may still be on its way here.
    pub(super) has_unreadable: bool,
    /// Files that may still have been being written when they were read.
    pub(super) young: Vec<(PathBuf, Stamp)>,
    probed: HashMap<PathBuf, (Stamp, MediaKind, MediaFacts)>,
    /// Files that were warned of.
    left_out: HashSet<PathBuf>,
}

/// Returns the data of a project's folder, by name.
///
/// Named pipes, devices and links that lead out of the project are left out with a warning: a project that somebody else
/// made must not serve other files of this machine.
///
/// # Errors
/// A folder that cannot be read, or `data/` itself leads out of the project.
pub(super) fn scan(project: &Path, known: &mut Known) -> Result<Vec<DataSource>, OpenError> {
    let folder = &project.join("data");
    let root = Root::of(project, folder)?;
    known.folders.clear();
    known.has_unreadable = false;
    known.young.clear();
    let mut data = Vec::new();
    for name in sorted(folder, known)? {
        let path = folder.join(&name);
        if !root.holds(&path) {
            known.leave_out(&path, LEADS_OUT);
        } else if path.is_dir() {
            data.extend(image_group(&root, &path, name, known)?);
        } else if let Some((kind, facts)) = known.probe(&path) {
            let media = root.media(path);
            data.push(DataSource { title: name, kind: Some(kind), facts, media, ..DataSource::default() });
        }
    }
    Ok(data)
}

const LEADS_OUT: &str = "it is a link that leads out of the project's folder";

/// The folder of a project, which its data must be in.
struct Root<'a> {
    project: &'a Path,
    /// Without symbolic links.
    resolved: PathBuf,
}

impl<'a> Root<'a> {
    fn of(project: &'a Path, data: &Path) -> Result<Self, OpenError> {
        let resolved = project.canonicalize().map_err(|source| OpenError::File { path: project.to_owned(), source })?;
        let root = Self { project, resolved };
        if data.is_symlink() && !root.holds(data) {
            let advice = "move its files in, or serve the folder that they are in";
            return Err(OpenError::Content { path: data.to_owned(), problem: format!("{LEADS_OUT}: {advice}") });
        }
        Ok(root)
    }

    /// Returns whether a path stays in the folder. What is no link does, in a folder that does.
    fn holds(&self, path: &Path) -> bool {
        !path.is_symlink() || path.canonicalize().is_ok_and(|path| path.starts_with(&self.resolved))
    }

    fn media(&self, path: PathBuf) -> Media {
        Media::Within { folder: self.project.to_owned(), path }
    }
}

fn sorted(folder: &Path, known: &mut Known) -> Result<Vec<String>, OpenError> {
    // Noted first: what changes while the folder is read is news then.
    known.note(folder);
    let mut names = names(folder)?;
    names.sort_by(|one, other| natural(one, other));
    Ok(names)
}

fn image_group(
    root: &Root<'_>,
    folder: &Path,
    title: String,
    known: &mut Known,
) -> Result<Option<DataSource>, OpenError> {
    let mut images = Vec::new();
    for name in sorted(folder, known)? {
        let path = folder.join(&name);
        if !root.holds(&path) {
            known.leave_out(&path, LEADS_OUT);
            continue;
        }
        match known.probe(&path) {
            Some((MediaKind::Image, facts)) => {
                images.push(ImageSource { title: name, facts, media: root.media(path), ..ImageSource::default() });
            }
            Some(_) => known.leave_out(&path, "only images make an image group"),
            None => {}
        }
    }
    if images.is_empty() {
        return Ok(None);
    }
    Ok(Some(DataSource::image_group(title, images)))
}

impl Known {
    /// Notes a label file that was written here, which is not news. `stamp` is that of the file as it was written: what
    /// somebody else made of it since is news.
    pub(super) fn wrote(&mut self, path: PathBuf, stamp: Stamp) {
        for folder in path.ancestors().skip(1).take(2) {
            if let Some(stamp) = self.folders.get_mut(folder) {
                *stamp = Stamp::of(folder);
            }
        }
        if let Some(folder) = path.parent() {
            self.note(folder);
        }
        self.rows.insert(path, stamp);
    }

    /// Notes a folder, whose change is news from now on.
    pub(super) fn note(&mut self, folder: &Path) {
        self.folders.insert(folder.to_owned(), Stamp::of(folder));
    }

    /// Returns what a file is; `None`, with a warning, if it cannot be read as data.
    fn probe(&mut self, path: &Path) -> Option<(MediaKind, MediaFacts)> {
        let stamp = Stamp::of(path)?;
        if !path.is_file() {
            // Unlike a file that is still being written, it need not be looked at again.
            self.leave_out(path, "it is not a regular file");
            return None;
        }
        if stamp.is_young() {
            self.young.push((path.to_owned(), stamp));
        }
        if let Some((known, kind, facts)) = self.probed.get(path)
            && *known == stamp
        {
            return Some((*kind, facts.clone()));
        }
        match probe(path) {
            Ok((kind, facts)) => {
                self.left_out.remove(path);
                self.probed.insert(path.to_owned(), (stamp, kind, facts.clone()));
                Some((kind, facts))
            }
            Err(error) => {
                self.has_unreadable |= !matches!(error, crate::media::ProbeError::UnknownKind);
                self.leave_out(path, &error.to_string());
                None
            }
        }
    }

    fn leave_out(&mut self, path: &Path, why: &str) {
        if self.left_out.insert(path.to_owned()) {
            tracing::warn!(file = %path.display(), why, "a file is left out of the project");
        }
    }
}
