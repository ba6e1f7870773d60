//! Why the platform refuses something.

use std::fmt;

/// A refusal as the legacy family codes it (contract: `docs/contract/endpoints.md#legacy-error-codes`).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// Something that is named is not there.
    NotFound(String),
    /// What was sent cannot be made sense of.
    InvalidArguments(String),
    /// An object or a classification has no entry in the answer dictionaries.
    AnswerDictionary(String),
    /// The label row does not fit its data or its ontology.
    CorruptedLabel(String),
    /// A feature hash is not in the ontology.
    NoSuchFeature(String),
    /// More label rows at once than allowed.
    TooManyLabels(usize),
    /// A time that is none.
    InvalidDate,
    /// What was saved cannot be kept: the disk is full, say.
    NotKept(String),
    /// The platform may have it, and the local platform does not. Holds its name.
    NotSupported(String),
}

/// Rejects a branch without a name, which would share its files with `main`.
pub(super) fn check_branch(name: &str) -> Result<(), Refusal> {
    if name.trim().is_empty() {
        return Err(Refusal::InvalidArguments("the name of the branch is empty".to_owned()));
    }
    Ok(())
}

impl Refusal {
    /// The code of the legacy envelope, and the status in it.
    pub(crate) fn code(&self) -> (&'static str, u16) {
        match self {
            Self::NotFound(_) => ("RESOURCE_NOT_FOUND_ERROR", 404),
            Self::InvalidArguments(_) => ("INVALID_ARGUMENTS_ERROR", 400),
            Self::AnswerDictionary(_) => ("ANSWER_DICTIONARY_ERROR", 400),
            Self::CorruptedLabel(_) => ("CORRUPTED_LABEL_ERROR", 400),
            Self::NoSuchFeature(_) => ("FEATURE_DOES_NOT_EXIST_ERROR", 400),
            Self::TooManyLabels(_) => ("MULTI_LABEL_LIMIT_ERROR", 400),
            Self::InvalidDate => ("INVALID_DATE_FORMAT_ERROR", 400),
            Self::NotKept(_) => ("UNKNOWN_ERROR", 500),
            // No code of the platform: clients then show the code and the payload.
            Self::NotSupported(_) => ("NOT_SUPPORTED_BY_THE_LOCAL_PLATFORM", 501),
        }
    }

    /// What goes with the code: the reason in words, or the limit.
    pub(crate) fn payload(&self) -> serde_json::Value {
        match self {
            Self::TooManyLabels(limit) => serde_json::json!({ "maximum_labels_allowed": limit }),
            Self::InvalidDate => serde_json::Value::Null,
            Self::NotFound(reason)
            | Self::InvalidArguments(reason)
            | Self::AnswerDictionary(reason)
            | Self::CorruptedLabel(reason)
            | Self::NoSuchFeature(reason)
            | Self::NotKept(reason) => reason.as_str().into(),
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
