//! Attributes of classification classes by key.

use crate::labels::error::EditError;
use crate::labels::view::resolve_attribute;
use crate::ontology::{Attribute, ClassificationClass, Ontology};

/// Returns the attribute that `key` names; without a key the first one.
///
/// # Errors
/// The class has no such attribute.
pub(super) fn attribute_of<'o>(
    ontology: &'o Ontology,
    class: &'o ClassificationClass,
    key: Option<&str>,
) -> Result<&'o Attribute, EditError> {
    let found = match key {
        None => class.attribute(),
        Some(key) => resolve_attribute(ontology, class.feature_hash(), class.attributes(), key),
    };
    found.ok_or_else(|| EditError::UnknownAttribute {
        class: class.name().to_owned(),
        key: key.unwrap_or("(the first)").to_owned(),
    })
}
