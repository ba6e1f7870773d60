//! Errors of the platform's operations.

use std::fmt;

/// An error of the platform, with its code in the legacy API (contract:
/// `docs/contract/endpoints.md#legacy-error-codes`).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// A resource does not exist.
    NotFound(String),
    /// The request is invalid.
    InvalidArguments(String),
    /// An object or a classification is missing in the answer dictionaries.
    AnswerDictionary(String),
    /// The label row does not match its data unit or its ontology.
    CorruptedLabel(String),
    /// A feature hash is not in the ontology.
    NoSuchFeature(String),
    /// The request has more label rows than this limit.
    TooManyLabels(usize),
    /// A time is invalid.
    InvalidDate,
    /// The change cannot be written, for example because the disk is full.
    WriteFailed(String),
    /// The local platform does not support this operation. Contains the operation's name.
    NotSupported(String),
}

/// Rejects an empty branch name, whose files would be those of `main`.
pub(super) fn check_branch(name: &str) -> Result<(), Refusal> {
    if name.trim().is_empty() {
        return Err(Refusal::InvalidArguments("the name of the branch is empty".to_owned()));
    }
    Ok(())
}

impl Refusal {
    /// Returns code and status of the legacy envelope.
    pub(crate) fn code(&self) -> (&'static str, u16) {
        match self {
            Self::NotFound(_) => ("RESOURCE_NOT_FOUND_ERROR", 404),
            Self::InvalidArguments(_) => ("INVALID_ARGUMENTS_ERROR", 400),
            Self::AnswerDictionary(_) => ("ANSWER_DICTIONARY_ERROR", 400),
            Self::CorruptedLabel(_) => ("CORRUPTED_LABEL_ERROR", 400),
            Self::NoSuchFeature(_) => ("FEATURE_DOES_NOT_EXIST_ERROR", 400),
            Self::TooManyLabels(_) => ("MULTI_LABEL_LIMIT_ERROR", 400),
            Self::InvalidDate => ("INVALID_DATE_FORMAT_ERROR", 400),
            Self::WriteFailed(_) => ("UNKNOWN_ERROR", 500),
            // Not a code of the platform, so clients show code and payload.
            Self::NotSupported(_) => ("NOT_SUPPORTED_BY_THE_LOCAL_PLATFORM", 501),
        }
    }

    /// Returns the payload of the legacy envelope: the message, or the limit.
    pub(crate) fn payload(&self) -> serde_json::Value {
        match self {
            Self::TooManyLabels(limit) => serde_json::json!({ "maximum_labels_allowed": limit }),
            Self::InvalidDate => serde_json::Value::Null,
            Self::NotFound(reason)
            | Self::InvalidArguments(reason)
            | Self::AnswerDictionary(reason)
            | Self::CorruptedLabel(reason)
            | Self::NoSuchFeature(reason)
            | Self::WriteFailed(reason) => reason.as_str().into(),
            Self::NotSupported(what) => format!("{what} is not supported by the local platform").into(),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.payload() {
            serde_json::Value::String(reason) => write!(f, "{}: {reason}", self.code().0),
            _ => f.write_str(self.code().0),
        }
    }
}

impl std::error::Error for Refusal {}
