//! Classes of the ontology of a build.

use std::sync::Arc;

use crate::hash::FeatureHash;
use crate::ontology::{Attribute, ClassMatch, ObjectClass, Ontology, OntologyChange, Rename};

use super::build_ontology::BuildOntology;
use super::item_key::ItemKey;

/// A class of the ontology of a build. The untyped methods of a label row accept it as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TypedClass(ItemKey);

impl TypedClass {
    /// Creates the class from the ontology of the build, and the feature hash and title there.
    #[must_use]
    pub const fn new(source: fn() -> &'static BuildOntology, feature_hash: &'static str, title: &'static str) -> Self {
        Self(ItemKey::new(source, feature_hash, title))
    }

    /// Returns the feature hash in the ontology of the build.
    #[must_use]
    pub const fn feature_hash(self) -> &'static str {
        self.0.feature_hash()
    }

    /// Returns the title in the ontology of the build.
    #[must_use]
    pub const fn title(self) -> &'static str {
        self.0.title()
    }

    /// Returns the ontology of the build.
    #[must_use]
    pub fn ontology(self) -> Option<&'static Ontology> {
        self.0.source().ontology()
    }

    /// Compares the class with the ontology of a project, and returns the titles that differ if this is the first comparison.
    ///
    /// # Errors
    /// The project lacks something that the types of the class rely on.
    pub fn check(self, project: &Ontology) -> Result<Vec<Rename>, OntologyChange> {
        let (result, is_first) = self.0.source().compare(self.feature_hash(), project);
        let matched = result?;
        Ok(if is_first { matched.renames.clone() } else { Vec::new() })
    }

    pub(crate) fn match_with(self, project: &Ontology) -> Result<Arc<ClassMatch>, OntologyChange> {
        self.0.source().compare(self.feature_hash(), project).0
    }

    /// Returns the feature hashes of the dynamic attributes.
    pub(super) fn dynamic_attributes(self) -> impl Iterator<Item = &'static FeatureHash> {
        let class = self.ontology().and_then(|ontology| ontology.object(self.feature_hash()));
        let attributes = class.into_iter().flat_map(ObjectClass::attributes);
        attributes.filter(|attribute| attribute.is_dynamic() && !attribute.is_archived()).map(Attribute::feature_hash)
    }
}

/// The feature hash, or the title under `by = "title"`.
impl AsRef<str> for TypedClass {
    fn as_ref(&self) -> &str {
        self.0.as_ref()
    }
}
