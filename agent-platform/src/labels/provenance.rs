//! Provenance of a label: author, time, confidence, and whether a person made it.

use crate::labels::error::EditError;

/// Rejects a confidence outside of 0 to 1.
pub(crate) fn check_confidence(confidence: f64) -> Result<(), EditError> {
    if (0.0..=1.0).contains(&confidence) { Ok(()) } else { Err(EditError::Confidence) }
}

/// What a new label says of its provenance.
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
    /// What can be saved.
    pub(crate) fn check(&self) -> Result<(), EditError> {
        check_confidence(self.confidence)
    }
}

/// Gives the builder of a new label the methods that say how it is made.
macro_rules! provenance_setters {
    ($builder:ident) => {
        impl $builder<'_> {
            /// In a space.
            pub fn in_space(mut self, id: impl Into<String>) -> Self {
                self.space = Some(id.into());
                self
            }

            /// With this hash instead of a new one.
            pub fn with_hash(mut self, hash: impl Into<String>) -> Self {
                self.hash = Some(hash.into());
                self
            }

            /// Made by this author: an e-mail address or user id.
            pub fn by(mut self, author: impl Into<String>) -> Self {
                self.provenance.author = Some(author.into());
                self
            }

            /// How sure the maker is, 0 to 1; 1 unless said.
            pub fn confidence(mut self, confidence: f64) -> Self {
                self.provenance.confidence = confidence;
                self
            }

            /// Made by a program and not by hand.
            pub fn automatic(mut self) -> Self {
                self.provenance.manual = false;
                self
            }
        }
    };
}

pub(crate) use provenance_setters;

/// Gives a view the methods that read these from its entry.
macro_rules! provenance_getters {
    ($view:ident) => {
        impl $view<'_> {
            fn told(&self, key: &str) -> Option<&str> {
                crate::json::member(self.entry_text(), key)
            }

            fn told_text(&self, key: &str) -> Option<String> {
                self.told(key).and_then(crate::json::string).map(std::borrow::Cow::into_owned)
            }

            /// When it was created, if that is said.
            #[must_use]
            pub fn created_at(&self) -> Option<crate::labels::Timestamp> {
                self.told_text("createdAt").and_then(|text| crate::labels::Timestamp::parse(&text))
            }

            /// Who created it: an e-mail address or user id, if that is said.
            #[must_use]
            pub fn created_by(&self) -> Option<String> {
                self.told_text("createdBy")
            }

            /// When it was last edited, if that is said.
            #[must_use]
            pub fn last_edited_at(&self) -> Option<crate::labels::Timestamp> {
                self.told_text("lastEditedAt").and_then(|text| crate::labels::Timestamp::parse(&text))
            }

            /// Who last edited it, if that is said.
            #[must_use]
            pub fn last_edited_by(&self) -> Option<String> {
                self.told_text("lastEditedBy")
            }

            /// How sure its maker was, 0 to 1; 1 if that is not said.
            #[must_use]
            pub fn confidence(&self) -> f64 {
                self.told("confidence").and_then(crate::json::float).unwrap_or(1.0)
            }

            /// Whether a person made it; true if that is not said.
            #[must_use]
            pub fn is_manual(&self) -> bool {
                self.told("manualAnnotation").and_then(crate::json::boolean).unwrap_or(true)
            }

            /// The reviews as JSON, if there are any.
            #[must_use]
            pub fn reviews_json(&self) -> Option<&str> {
                self.told("reviews")
            }
        }
    };
}

pub(crate) use provenance_getters;
