//! Why an ontology cannot be read.

/// Why an ontology cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OntologyError {
    /// The text is not JSON.
    #[error("the ontology is not JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// Something that must be there is not, or is of another JSON type.
    #[error("the ontology has no {what} at {path}")]
    Missing {
        /// Where, such as `objects[3].attributes[0]`.
        path: String,
        /// What.
        what: &'static str,
    },
}
