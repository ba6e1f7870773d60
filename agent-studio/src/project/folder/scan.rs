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

/// The data in the folder, by name.
pub(super) fn scan(folder: &Path, known: &mut Known) -> Result<Vec<DataSource>, OpenError> {
    known.folders.clear();
    known.has_unreadable = false;
    known.young.clear();
    let mut data = Vec::new();
    for name in sorted(folder, known)? {
        let path = folder.join(&name);
        if path.is_dir() {
            data.extend(image_group(&path, name, known)?);
        } else if let Some((kind, facts)) = known.probe(&path) {
            let media = Media::File(path);
            data.push(DataSource { title: name, kind: Some(kind), facts, media, ..DataSource::default() });
        }
    }
    Ok(data)
}

fn sorted(folder: &Path, known: &mut Known) -> Result<Vec<String>, OpenError> {
    // Noted first: what changes while the folder is read is news then.
    known.note(folder);
    let mut names = names(folder)?;
    names.sort_by(|one, other| natural(one, other));
    Ok(names)
}

fn image_group(folder: &Path, title: String, known: &mut Known) -> Result<Option<DataSource>, OpenError> {
    let mut images = Vec::new();
    for name in sorted(folder, known)? {
        let path = folder.join(&name);
        match known.probe(&path) {
            Some((MediaKind::Image, facts)) => {
                images.push(ImageSource { title: name, facts, media: Media::File(path), ..ImageSource::default() });
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
    /// Notes a label file that was written here: it is no news.
    pub(super) fn wrote(&mut self, path: PathBuf) {
        for folder in path.ancestors().skip(1).take(2) {
            if let Some(stamp) = self.folders.get_mut(folder) {
                *stamp = Stamp::of(folder);
            }
        }
        if let Some(folder) = path.parent() {
            self.note(folder);
        }
        self.rows.extend(Stamp::of(&path).map(|stamp| (path, stamp)));
    }

    /// Notes a folder, whose change is news from now on.
    pub(super) fn note(&mut self, folder: &Path) {
        self.folders.insert(folder.to_owned(), Stamp::of(folder));
    }

    /// What a file is; `None`, and a warning, if it cannot be made sense of.
    fn probe(&mut self, path: &Path) -> Option<(MediaKind, MediaFacts)> {
        let stamp = Stamp::of(path)?;
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
