//! What everything in an ontology has: classes, attributes and options.

/// Gives a type of the ontology the methods that all of them have.
macro_rules! item {
    ($item:ident) => {
        impl $item {
            /// Whole numbers joined by dots, such as `3` or `3.1`; not unique across the ontology.
            #[must_use]
            pub fn id(&self) -> &str {
                &self.id
            }

            /// The identity: labels call it `featureHash`.
            #[must_use]
            pub fn feature_hash(&self) -> &str {
                &self.feature_hash
            }

            /// Whether it is no longer used for new labels.
            #[must_use]
            pub fn is_archived(&self) -> bool {
                self.archived
            }
        }

        impl AsRef<str> for $item {
            /// The feature hash, by which it is looked up.
            fn as_ref(&self) -> &str {
                &self.feature_hash
            }
        }
    };
}
pub(super) use item;
