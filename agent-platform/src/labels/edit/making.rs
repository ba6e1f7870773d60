//! Who makes a new label, and how: what can be said of objects and classifications alike.

use crate::labels::error::EditError;

/// Rejects a confidence outside of 0 to 1.
pub(crate) fn check_confidence(confidence: f64) -> Result<(), EditError> {
    if (0.0..=1.0).contains(&confidence) { Ok(()) } else { Err(EditError::Confidence) }
}

/// What a new label says of its making.
#[derive(Debug, Clone)]
pub(crate) struct Making {
    pub(crate) author: Option<String>,
    pub(crate) confidence: f64,
    pub(crate) manual: bool,
}

impl Default for Making {
    fn default() -> Self {
        Self { author: None, confidence: 1.0, manual: true }
    }
}

impl Making {
    /// What can be saved.
    pub(crate) fn check(&self) -> Result<(), EditError> {
        check_confidence(self.confidence)
    }
}

/// Gives the builder of a new label the methods that say how it is made.
macro_rules! making {
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
                self.making.author = Some(author.into());
                self
            }

            /// How sure the maker is, 0 to 1; 1 unless said.
            pub fn confidence(mut self, confidence: f64) -> Self {
                self.making.confidence = confidence;
                self
            }

            /// Made by a program and not by hand.
            pub fn automatic(mut self) -> Self {
                self.making.manual = false;
                self
            }
        }
    };
}
pub(super) use making;
