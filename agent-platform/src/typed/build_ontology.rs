//! The ontology that an agent was built with.

use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use crate::hash::FeatureHash;
use crate::ontology::{Attribute, ClassMatch, MatchBy, ObjectClass, Ontology, OntologyChange, Rename};

use super::item_key::ItemKey;

/// Maximum number of remembered comparisons. A process serves a few projects.
const MAX_COMPARISONS: usize = 256;

/// The ontology of a build: the embedded text of the file, parsed on first use.
#[derive(Debug)]
pub struct BuildOntology {
    ontology: LazyLock<Option<Ontology>>,
    by: MatchBy,
    comparisons: Mutex<Vec<Comparison>>,
}

/// A class compared with the ontology of a project.
#[derive(Debug)]
struct Comparison {
    project: Ontology,
    class: &'static str,
    result: Result<Arc<ClassMatch>, OntologyChange>,
}

impl BuildOntology {
    /// Creates the ontology from a function that returns the text of the file. A text that is not an ontology has no classes, so
    /// that every use of a class is an error.
    #[must_use]
    pub const fn new(ontology: fn() -> Option<Ontology>, by: MatchBy) -> Self {
        Self { ontology: LazyLock::new(ontology), by, comparisons: Mutex::new(Vec::new()) }
    }

    /// Returns the parsed ontology.
    #[must_use]
    pub fn ontology(&self) -> Option<&Ontology> {
        self.ontology.as_ref()
    }

    /// Returns the key by which items are matched.
    pub(super) fn match_by(&self) -> MatchBy {
        self.by
    }

    /// Compares a class with a project. The result is remembered, and `is_first` is `true` for a new one.
    fn compare(&self, class: &'static str, project: &Ontology) -> (Result<Arc<ClassMatch>, OntologyChange>, bool) {
        let mut comparisons = self.comparisons.lock().unwrap_or_else(PoisonError::into_inner);
        let known = comparisons.iter().find(|known| known.class == class && known.project.is_same(project));
        if let Some(known) = known {
            return (known.result.clone(), false);
        }
        let result = match self.ontology() {
            Some(build) => ClassMatch::find(build, class, project, self.by).map(Arc::new),
            None => ClassMatch::find(project, "", project, self.by).map(Arc::new),
        };
        if comparisons.len() == MAX_COMPARISONS {
            comparisons.remove(0);
        }
        comparisons.push(Comparison { project: project.clone(), class, result: result.clone() });
        (result, true)
    }
}

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
