//! Provenance of a label: author, time, confidence, and whether a person made it.

use crate::labels::error::EditError;

/// Rejects a confidence outside of 0 to 1.
pub(crate) fn check_confidence(confidence: f64) -> Result<(), EditError> {
    if (0.0..=1.0).contains(&confidence) { Ok(()) } else { Err(EditError::Confidence) }
}

/// The provenance of a new label.
#[derive(Debug, Clone)]
pub(crate) struct Provenance {
    pub(crate) author: Option<String>,
    pub(crate) confidence: f64,
    pub(crate) manual: bool,
}

impl Default for Provenance {
    fn default() -> Self {
        Self { author: None, confidence: 1.0, manual: true }
    }
}

impl Provenance {
    /// Rejects a confidence outside of 0 to 1.
    pub(crate) fn check(&self) -> Result<(), EditError> {
        check_confidence(self.confidence)
    }
}

/// Adds the setters of a new label's space, hash and provenance to a builder.
macro_rules! provenance_setters {
    ($builder:ident, $hash:ident) => {
        impl $builder<'_> {
            /// Places the label in a space.
            pub fn in_space(mut self, id: impl Into<String>) -> Self {
                self.space = Some(id.into());
                self
            }

            /// Sets the hash. Default: a new one.
            pub fn with_hash(mut self, hash: impl Into<$hash>) -> Self {
                self.hash = Some(hash.into());
                self
            }

            /// Sets the author: an e-mail address or user id. Default: the author of the row.
            pub fn by(mut self, author: impl Into<String>) -> Self {
                self.provenance.author = Some(author.into());
                self
            }

            /// Sets the confidence, 0 to 1. Default: 1.
            pub fn confidence(mut self, confidence: f64) -> Self {
                self.provenance.confidence = confidence;
                self
            }

            /// Marks the label as made by a program. Default: made by a person.
            pub fn automatic(mut self) -> Self {
                self.provenance.manual = false;
                self
            }
        }
    };
}

pub(crate) use provenance_setters;

/// Adds the getters of provenance to a view of an entry.
macro_rules! provenance_getters {
    ($view:ident) => {
        impl $view<'_> {
            fn member(&self, key: &str) -> Option<&str> {
                crate::json::member(self.entry_text(), key)
            }

            fn text_member(&self, key: &str) -> Option<String> {
                self.member(key).and_then(crate::json::string).map(std::borrow::Cow::into_owned)
            }

            /// Returns the time of creation, if the row has it.
            #[must_use]
            pub fn created_at(&self) -> Option<crate::labels::Timestamp> {
                self.text_member("createdAt").and_then(|text| crate::labels::Timestamp::parse(&text))
            }

            /// Returns the author: an e-mail address or user id, if the row has it.
            #[must_use]
            pub fn created_by(&self) -> Option<String> {
                self.text_member("createdBy")
            }

            /// Returns the time of the last edit, if the row has it.
            #[must_use]
            pub fn last_edited_at(&self) -> Option<crate::labels::Timestamp> {
                self.text_member("lastEditedAt").and_then(|text| crate::labels::Timestamp::parse(&text))
            }

            /// Returns the last editor: an e-mail address or user id, if the row has it.
            #[must_use]
            pub fn last_edited_by(&self) -> Option<String> {
                self.text_member("lastEditedBy")
            }

            /// Returns the confidence, 0 to 1. Default: 1.
            #[must_use]
            pub fn confidence(&self) -> f64 {
                self.member("confidence").and_then(crate::json::float).unwrap_or(1.0)
            }

            /// Returns whether a person made the label. Default: `true`.
            #[must_use]
            pub fn is_manual(&self) -> bool {
                self.member("manualAnnotation").and_then(crate::json::boolean).unwrap_or(true)
            }
        }
    };
}

pub(crate) use provenance_getters;
