//! Earlier documents of label rows, for undo.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use data_encoding::HEXLOWER;

use crate::callers::sha256;

/// Maximum number of documents, over all rows.
const MAX_DOCUMENTS: usize = 400;
/// Maximum total size of the documents, in bytes.
const MAX_BYTES: usize = 256 << 20;

/// Recent documents of label rows, by version. The oldest are evicted first.
#[derive(Debug, Default)]
pub(super) struct History(Mutex<VecDeque<Revision>>);

#[derive(Debug, Clone)]
struct Revision {
    label_hash: String,
    version: String,
    document: Arc<str>,
}

/// Returns the version of a document: the first 16 bytes of its SHA-256 digest, as 32 hex digits.
pub(super) fn version_of(document: &str) -> String {
    HEXLOWER.encode(&sha256(document.as_bytes())[..16])
}

impl History {
    /// Stores the current document of a row, and returns its version.
    pub(super) fn remember(&self, label_hash: &str, document: &Arc<str>) -> String {
        let mut texts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = texts.iter().position(|revision| Arc::ptr_eq(&revision.document, document));
        if let Some(revision) = known.and_then(|at| texts.remove(at)) {
            let version = revision.version.clone();
            texts.push_back(revision);
            return version;
        }
        let version = version_of(document);
        texts.retain(|revision| revision.label_hash != label_hash || revision.version != version);
        let revision =
            Revision { label_hash: label_hash.to_owned(), version: version.clone(), document: Arc::clone(document) };
        texts.push_back(revision);
        let mut bytes: usize = texts.iter().map(|revision| revision.document.len()).sum();
        while texts.len() > MAX_DOCUMENTS || (bytes > MAX_BYTES && texts.len() > 1) {
            bytes -= texts.pop_front().map_or(0, |revision| revision.document.len());
        }
        version
    }

    /// Returns an earlier document of a row.
    pub(super) fn text(&self, label_hash: &str, version: &str) -> Option<Arc<str>> {
        let texts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let revision = texts.iter().find(|revision| revision.label_hash == label_hash && revision.version == version);
        revision.map(|revision| Arc::clone(&revision.document))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evicts_oldest_text_first() {
        let history = History::default();
        let versions: Vec<String> =
            (0..=MAX_DOCUMENTS).map(|number| history.remember("row", &number.to_string().into())).collect();
        assert_eq!(history.text("row", &versions[0]), None);
        assert_eq!(history.text("row", &versions[1]).as_deref(), Some("1"));
        assert_eq!(history.text("other", &versions[1]), None);
        assert_eq!(history.remember("row", &"1".into()), versions[1]);
    }
}
