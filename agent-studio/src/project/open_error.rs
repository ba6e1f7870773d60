//! Errors of opening a project.

use std::path::PathBuf;

/// Error of opening a project.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The ontology cannot be parsed.
    #[error("cannot parse the ontology: {0}")]
    Ontology(#[from] agent_platform::ontology::OntologyError),
    /// The file is not an ontology.
    #[error("the ontology must be an object with `objects` and `classifications`, directly or under `editor`")]
    NoOntology,
    /// A data unit of the project is invalid.
    #[error("{title}: {problem}")]
    Data {
        /// Title of the data unit.
        title: String,
        /// Description of the problem.
        problem: String,
    },
    /// A file of the project folder cannot be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// Path of the file.
        path: PathBuf,
        /// Cause.
        source: std::io::Error,
    },
    /// A file of the project folder has invalid content.
    #[error("{}: {problem}", path.display())]
    Content {
        /// Path of the file.
        path: PathBuf,
        /// Description of the problem.
        problem: String,
    },
    /// Another process serves the folder.
    #[error("{} is being served by another process", path.display())]
    Busy {
        /// Path of the folder.
        path: PathBuf,
    },
    /// Two projects have the same hash.
    #[error("two projects have the hash {0}: give one of them another title, or a project_hash")]
    SameProject(uuid::Uuid),
}
