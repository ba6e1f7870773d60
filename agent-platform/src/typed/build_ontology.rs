//! The ontology that an agent was built with.

use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use crate::ontology::{ClassMatch, MatchBy, Ontology, OntologyChange};

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
    pub(super) fn compare(
        &self,
        class: &'static str,
        project: &Ontology,
    ) -> (Result<Arc<ClassMatch>, OntologyChange>, bool) {
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
