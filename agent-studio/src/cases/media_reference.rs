//! Media files of a case: copied into it, or referred to.

use std::io::{self, Read};
use std::path::{Component, Path};

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::case_error::CaseError;
use crate::project::Media;
use crate::regular_file;
use crate::sample;

/// Folder with the copied files.
const FOLDER: &str = "media";

/// Maximum size of a file that is copied, in bytes. A case refers to larger files by path.
const MAX_COPIED_BYTES: u64 = 16 << 20;

/// The content of a media file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum MediaReference {
    /// No content.
    None,
    /// A file of the sample project, by path in its folder.
    Sample(String),
    /// A copy, by path in the case's folder.
    Copy(String),
    /// A file that is too large to be copied, by absolute path or path from the case's folder.
    Path(String),
}

impl MediaReference {
    /// Copies a file into the folder of a case, or refers to it.
    ///
    /// # Errors
    /// The file cannot be read, or the copy cannot be written.
    pub(super) fn record(media: &Media, title: &str, number: usize, case: &Path) -> Result<Self, CaseError> {
        let (path, content) = match media {
            Media::None => return Ok(Self::None),
            Media::Bytes(bytes) => (None, Ok(bytes.clone())),
            Media::File(path) => (Some(path), read_small(path, || regular_file::open(path))),
            Media::Within { folder, path } => {
                (Some(path), read_small(path, || regular_file::open_within(folder, path)))
            }
        };
        let content = match (path, content) {
            (_, Ok(content)) => content,
            (Some(path), Err(error)) if error.kind() == io::ErrorKind::FileTooLarge => {
                let absolute = path.canonicalize().map_err(|error| CaseError::read(path, error))?;
                return Ok(Self::Path(absolute.to_string_lossy().into_owned()));
            }
            (path, Err(error)) => return Err(CaseError::read(path.map_or(Path::new(title), |path| path), error)),
        };
        if let Some(name) = sample::name_of(&content) {
            return Ok(Self::Sample(name.to_owned()));
        }
        let name = format!("{FOLDER}/{}", file_name(title, number));
        let target = case.join(&name);
        let written = std::fs::create_dir_all(case.join(FOLDER)).and_then(|()| std::fs::write(&target, content));
        written.map_err(|error| CaseError::write(&target, error))?;
        Ok(Self::Copy(name))
    }

    /// Returns the content as the platform serves it.
    ///
    /// # Errors
    /// The file does not exist, or leads out of the case.
    pub(super) fn media(&self, case: &Path) -> Result<Media, CaseError> {
        let path = match self {
            Self::None => return Ok(Media::None),
            Self::Sample(name) => {
                let problem = || format!("the sample project of this version has no file {name}");
                let content = sample::content_of(name).ok_or_else(|| CaseError::content(case, &problem()))?;
                return Ok(Media::Bytes(Bytes::from_static(content)));
            }
            Self::Copy(name) if Path::new(name).components().all(|part| matches!(part, Component::Normal(_))) => {
                let path = case.join(name);
                return match regular_file::open_within(case, &path) {
                    Ok(_) => Ok(Media::Within { folder: case.to_owned(), path }),
                    Err(error) => Err(CaseError::read(&path, error)),
                };
            }
            Self::Copy(name) => return Err(CaseError::content(case, &format!("its media file {name} is outside"))),
            Self::Path(path) => case.join(path),
        };
        regular_file::open(&path).map_err(|error| CaseError::read(&path, error))?;
        Ok(Media::File(path))
    }
}

/// Reads a file that is small enough to be copied.
fn read_small(path: &Path, open: impl FnOnce() -> io::Result<std::fs::File>) -> io::Result<Bytes> {
    let file = open()?;
    let length = file.metadata()?.len();
    if length > MAX_COPIED_BYTES {
        let problem = format!("{} has {length} bytes", path.display());
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, problem));
    }
    let mut content = Vec::new();
    file.take(MAX_COPIED_BYTES).read_to_end(&mut content)?;
    Ok(content.into())
}

/// Returns the name of a copy: the title if it is a plain file name.
fn file_name(title: &str, number: usize) -> String {
    let is_plain = |letter: char| letter.is_alphanumeric() || " -_.()+".contains(letter);
    let is_name = !title.is_empty() && !title.starts_with(['.', ' ']) && !title.ends_with(['.', ' ']);
    if is_name && title.len() <= 120 && title.chars().all(is_plain) {
        title.to_owned()
    } else {
        format!("file-{number}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_file_or_refers_to_it() {
        let case = tempfile::tempdir().unwrap();
        let record = |media: &Media, title: &str| MediaReference::record(media, title, 0, case.path()).unwrap();
        assert_eq!(record(&Media::None, "a"), MediaReference::None);
        let sample = Media::Bytes(Bytes::from_static(sample::content_of("data/cat.jpg").unwrap()));
        assert_eq!(record(&sample, "renamed.jpg"), MediaReference::Sample("data/cat.jpg".to_owned()));
        let own = Media::Bytes(Bytes::from_static(b"pixels"));
        assert_eq!(record(&own, "ü 1.jpg"), MediaReference::Copy("media/ü 1.jpg".to_owned()));
        assert_eq!(record(&own, "../a"), MediaReference::Copy("media/file-0".to_owned()));
        let large = case.path().join("large");
        std::fs::File::create(&large).unwrap().set_len(MAX_COPIED_BYTES + 1).unwrap();
        assert!(matches!(record(&Media::File(large), "large"), MediaReference::Path(_)));
    }

    #[test]
    fn serves_recorded_file_and_rejects_others() {
        let case = tempfile::tempdir().unwrap();
        let own = Media::Bytes(Bytes::from_static(b"pixels"));
        let reference = MediaReference::record(&own, "a.jpg", 0, case.path()).unwrap();
        let Media::Within { path, .. } = reference.media(case.path()).unwrap() else { panic!() };
        assert_eq!(std::fs::read(path).unwrap(), b"pixels");
        let outside = MediaReference::Copy("../a.jpg".to_owned()).media(case.path()).unwrap_err();
        assert!(outside.to_string().contains("is outside"), "{outside}");
        let missing = MediaReference::Path("missing.mp4".to_owned()).media(case.path()).unwrap_err();
        assert!(missing.to_string().contains("cannot read"), "{missing}");
        let unknown = MediaReference::Sample("data/none.jpg".to_owned()).media(case.path()).unwrap_err();
        assert!(unknown.to_string().contains("has no file data/none.jpg"), "{unknown}");
    }
}
