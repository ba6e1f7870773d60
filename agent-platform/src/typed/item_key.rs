//! Constants for classes and attributes.

use std::fmt;

use crate::ontology::MatchBy;

use super::build_ontology::BuildOntology;

/// The feature hash and title of a class or attribute, as a constant. The untyped methods of a label row accept it as a key.
#[derive(Clone, Copy)]
pub struct ItemKey {
    source: fn() -> &'static BuildOntology,
    feature_hash: &'static str,
    title: &'static str,
}

impl ItemKey {
    /// Creates a key from the ontology of the build, and the feature hash and title there.
    #[must_use]
    pub const fn new(source: fn() -> &'static BuildOntology, feature_hash: &'static str, title: &'static str) -> Self {
        Self { source, feature_hash, title }
    }

    /// Returns the feature hash in the ontology of the build.
    #[must_use]
    pub const fn feature_hash(self) -> &'static str {
        self.feature_hash
    }

    /// Returns the title in the ontology of the build.
    #[must_use]
    pub const fn title(self) -> &'static str {
        self.title
    }

    /// Returns the ontology of the build.
    pub(super) fn source(self) -> &'static BuildOntology {
        (self.source)()
    }
}

/// The feature hash, or the title under `by = "title"`.
impl AsRef<str> for ItemKey {
    fn as_ref(&self) -> &str {
        match self.source().match_by() {
            MatchBy::FeatureHash => self.feature_hash,
            MatchBy::Title => self.title,
        }
    }
}

/// Keys are equal if they name the same item of the same ontology.
impl PartialEq for ItemKey {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.source(), other.source()) && self.feature_hash == other.feature_hash
    }
}

impl Eq for ItemKey {}

impl fmt::Debug for ItemKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("ItemKey");
        out.field("feature_hash", &self.feature_hash).field("title", &self.title).finish_non_exhaustive()
    }
}
