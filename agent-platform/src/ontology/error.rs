//! Errors of parsing an ontology.

/// Error of parsing an ontology.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OntologyError {
    /// The text is not JSON.
    #[error("the ontology is not JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// A required member is missing, or has the wrong JSON type.
    #[error("the ontology has no {what} at {path}")]
    Missing {
        /// Path of the object, such as `objects[3].attributes[0]`.
        path: String,
        /// Name of the member.
        what: &'static str,
    },
}
