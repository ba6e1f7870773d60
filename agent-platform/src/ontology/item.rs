//! Methods common to classes, attributes and options.

/// Implements the common methods for a type of the ontology.
macro_rules! item {
    ($item:ident) => {
        impl $item {
            /// Returns the ID: integers joined by dots, such as `3` or `3.1`. It is not unique across the ontology.
            #[must_use]
            pub fn id(&self) -> &str {
                &self.id
            }

            /// Returns the unique identifier, which labels store as `featureHash`.
            #[must_use]
            pub fn feature_hash(&self) -> &crate::hash::FeatureHash {
                &self.feature_hash
            }

            /// Returns `true` if the item is no longer used for new labels.
            #[must_use]
            pub fn is_archived(&self) -> bool {
                self.archived
            }
        }

        impl AsRef<str> for $item {
            /// Returns the feature hash.
            fn as_ref(&self) -> &str {
                self.feature_hash.as_str()
            }
        }
    };
}
pub(super) use item;
