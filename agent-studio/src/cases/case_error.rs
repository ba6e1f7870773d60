//! Errors of cases.

use std::path::{Path, PathBuf};
use std::{fmt, io};

/// Error of reading or writing a case.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CaseError {
    /// A file cannot be read.
    #[error("cannot read {path}: {source}", path = .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Cause.
        source: io::Error,
    },
    /// A file cannot be written.
    #[error("cannot write {path}: {source}", path = .path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Cause.
        source: io::Error,
    },
    /// A file has invalid content.
    #[error("{path} is invalid: {problem}", path = .path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// Description of the problem.
        problem: String,
    },
    /// A case of this name exists.
    #[error("{path} already exists: choose another name, or remove it", path = .0.display())]
    Exists(PathBuf),
}

impl CaseError {
    pub(super) fn read(path: &Path, source: io::Error) -> Self {
        Self::Read { path: path.to_owned(), source }
    }

    pub(super) fn write(path: &Path, source: io::Error) -> Self {
        Self::Write { path: path.to_owned(), source }
    }

    pub(crate) fn content(path: &Path, problem: &dyn fmt::Display) -> Self {
        Self::Content { path: path.to_owned(), problem: problem.to_string() }
    }
}
