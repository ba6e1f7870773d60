//! Who made a label, when, and how sure they were.

/// Gives a view the methods that read these from its entry.
macro_rules! authorship {
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
pub(super) use authorship;
