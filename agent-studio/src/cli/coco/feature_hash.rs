//! Feature hashes and values of imported classes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::document::Category;
use crate::callers::sha256;

/// Returns the default value of an option with this label (contract: `docs/contract/label-format.md#options`).
pub(super) fn default_value(label: &str) -> String {
    label.to_lowercase().split_whitespace().collect::<Vec<_>>().join("_")
}

/// Returns the feature hash of a skeleton's vertex.
pub(super) fn vertex_hash(category: &Category, name: &str) -> String {
    feature_hash(&[&category.id.to_string(), "point", name])
}

/// Derives a feature hash, eight base64 characters, from `parts`, so that the same import gives the same ontology.
pub(super) fn feature_hash(parts: &[&str]) -> String {
    let digest = sha256(parts.join("\0").as_bytes());
    STANDARD.encode(&digest[..6])
}
