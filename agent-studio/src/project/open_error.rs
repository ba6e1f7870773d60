//! Why a project cannot be served.

use std::path::PathBuf;

/// Why a project cannot be served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The ontology cannot be read.
    #[error("the ontology cannot be read: {0}")]
    Ontology(#[from] agent_platform::ontology::OntologyError),
    /// The ontology is something else.
    #[error("the ontology must be an object that has `objects` and `classifications`, or has one under `editor`")]
    NoOntology,
    /// Data of the project are not as they must be.
    #[error("{title}: {problem}")]
    Data {
        /// The title of the data.
        title: String,
        /// What is wrong.
        problem: String,
    },
    /// A file of the project's folder cannot be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file of the project's folder does not hold what it must.
    #[error("{}: {problem}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// Another process serves the folder.
    #[error("{} is being served by another process", path.display())]
    Busy {
        /// The folder.
        path: PathBuf,
    },
    /// Two projects have the same hash.
    #[error("two projects have the hash {0}: give one of them another title, or a project_hash")]
    SameProject(uuid::Uuid),
}
