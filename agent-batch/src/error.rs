//! Errors of runs over a project.

use std::io;
use std::path::{Path, PathBuf};

/// Error that ends a run over a project. Errors of single data units are outcomes in its report instead.
#[derive(Debug, thiserror::Error)]
pub enum BatchError {
    /// A request to the platform failed.
    #[error(transparent)]
    Platform(#[from] agent_platform::client::Error),
    /// A file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Cause.
        source: io::Error,
    },
    /// A file cannot be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Cause.
        source: io::Error,
    },
    /// A line of the journal is damaged.
    #[error("line {line} of {} is damaged: {reason}", path.display())]
    Damaged {
        /// The journal.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// Cause.
        reason: String,
    },
    /// The journal of a new run exists.
    #[error("{path} exists: continue its run with `--resume {path}`, or choose another name with --journal", path = .0.display())]
    Exists(PathBuf),
    /// The format of a report is unknown.
    #[error("{} is not a report: its name must end with .jsonl or .html", .0.display())]
    ReportName(PathBuf),
    /// Another process uses the journal.
    #[error("another run uses {}: wait until it ends", .0.display())]
    Locked(PathBuf),
    /// The ontology of the project cannot be parsed.
    #[error("the project's ontology cannot be read: {0}")]
    Ontology(String),
}

impl BatchError {
    pub(crate) fn read(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        |source| Self::Read { path: path.to_owned(), source }
    }

    pub(crate) fn write(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        |source| Self::Write { path: path.to_owned(), source }
    }
}
