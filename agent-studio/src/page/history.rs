//! Texts that label rows had: what undoing puts back.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use crate::callers::sha256;

/// How many texts are kept, over all rows.
const TEXTS: usize = 400;
/// How many bytes they have together.
const BYTES: usize = 256 << 20;

/// The texts that rows had lately, by version. The oldest go first.
#[derive(Debug, Default)]
pub(super) struct History(Mutex<VecDeque<Past>>);

#[derive(Debug, Clone)]
struct Past {
    label_hash: String,
    version: String,
    document: Arc<str>,
}

/// The version of a document: what tells it from every other, 32 hex digits.
pub(super) fn version_of(document: &str) -> String {
    sha256(document.as_bytes())[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

impl History {
    /// Remembers a text that a row has, and gives its version.
    pub(super) fn remember(&self, label_hash: &str, document: &Arc<str>) -> String {
        let mut texts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = texts.iter().position(|past| Arc::ptr_eq(&past.document, document));
        if let Some(past) = known.and_then(|at| texts.remove(at)) {
            let version = past.version.clone();
            texts.push_back(past);
            return version;
        }
        let version = version_of(document);
        texts.retain(|past| past.label_hash != label_hash || past.version != version);
        let past = Past { label_hash: label_hash.to_owned(), version: version.clone(), document: Arc::clone(document) };
        texts.push_back(past);
        let mut bytes: usize = texts.iter().map(|past| past.document.len()).sum();
        while texts.len() > TEXTS || (bytes > BYTES && texts.len() > 1) {
            bytes -= texts.pop_front().map_or(0, |past| past.document.len());
        }
        version
    }

    /// The text that a row had.
    pub(super) fn text(&self, label_hash: &str, version: &str) -> Option<Arc<str>> {
        let texts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let past = texts.iter().find(|past| past.label_hash == label_hash && past.version == version);
        past.map(|past| Arc::clone(&past.document))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_text_goes_first() {
        let history = History::default();
        let versions: Vec<String> =
            (0..=TEXTS).map(|number| history.remember("row", &number.to_string().into())).collect();
        assert_eq!(history.text("row", &versions[0]), None);
        assert_eq!(history.text("row", &versions[1]).as_deref(), Some("1"));
        assert_eq!(history.text("other", &versions[1]), None);
        assert_eq!(history.remember("row", &"1".into()), versions[1]);
    }
}
