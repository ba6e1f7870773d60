//! Constants for classes and attributes.

/// The feature hash and title of a class or attribute, as a constant. The untyped methods of a label row accept it as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ItemKey {
    feature_hash: &'static str,
    title: &'static str,
    is_matched_by_title: bool,
}

impl ItemKey {
    /// Creates a key that is matched by its feature hash.
    #[must_use]
    pub const fn new(feature_hash: &'static str, title: &'static str) -> Self {
        Self { feature_hash, title, is_matched_by_title: false }
    }

    /// Creates a key that is matched by its title.
    #[must_use]
    pub const fn with_title_match(feature_hash: &'static str, title: &'static str) -> Self {
        Self { feature_hash, title, is_matched_by_title: true }
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
}

/// The feature hash, or the title under `by = "title"`.
impl AsRef<str> for ItemKey {
    fn as_ref(&self) -> &str {
        if self.is_matched_by_title { self.title } else { self.feature_hash }
    }
}
