//! Rows with labels. Documents can have megabytes, so each is read once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::raw_json::Members;

/// Whether the documents of label rows have labels, by label hash.
#[derive(Debug, Default)]
pub(super) struct LabelledRows(Mutex<HashMap<String, (Weak<str>, bool)>>);

impl LabelledRows {
    /// Returns whether the current document of a row has an object or a classification.
    pub(super) fn has_labels(&self, label_hash: &str, document: &Arc<str>) -> bool {
        let current = Arc::downgrade(document);
        {
            let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            // The weak reference keeps the address in use, so no other document can have it.
            if let Some((_, labelled)) = known.get(label_hash).filter(|(read, _)| read.ptr_eq(&current)) {
                return *labelled;
            }
        }
        let labelled = has_labels(document);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(label_hash.to_owned(), (current, labelled));
        labelled
    }
}

fn has_labels(document: &str) -> bool {
    let Ok(row) = Members::parse(document) else { return false };
    let has =
        |key| row.value(key).and_then(|value| Members::parse(value.get()).ok()).is_some_and(|all| !all.0.is_empty());
    has("object_answers") || has("classification_answers")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_document_again_after_change() {
        let rows = LabelledRows::default();
        let empty: Arc<str> = r#"{"object_answers": {}, "classification_answers": {}}"#.into();
        let labelled: Arc<str> = r#"{"object_answers": {}, "classification_answers": {"a": {}}}"#.into();
        for (document, expected) in
            [(&empty, false), (&empty, false), (&labelled, true), (&labelled, true), (&empty, false)]
        {
            assert_eq!(rows.has_labels("row", document), expected);
        }
        assert!(rows.has_labels("other", &labelled));
    }
}
