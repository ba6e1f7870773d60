//! Ontologies: the classes, attributes and options of labels.
//!
//! An ontology is parsed once and shared. Unknown values, such as a new shape or attribute type, are kept unchanged
//! (contract: `docs/contract/label-format.md#ontology`).

mod attribute;
#[cfg(feature = "labels")]
mod change;
mod class;
#[cfg(feature = "labels")]
mod class_match;
mod error;
pub mod identifier;
mod item;
mod location;
mod lookup;
mod parse;
mod rust_paths;
mod shape;
mod template;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use crate::hash::FeatureHash;

pub use attribute::{Attribute, AttributeType, Choice};
#[cfg(feature = "labels")]
pub use change::{ChangedItem, OntologyChange};
pub use class::{ClassificationClass, Level, ObjectClass};
#[cfg(feature = "labels")]
pub(crate) use class_match::ClassMatch;
#[cfg(feature = "labels")]
pub use class_match::{MatchBy, Rename};
pub use error::OntologyError;
pub use location::Location;
pub use lookup::OntologyItem;
pub use rust_paths::RustPath;
pub use shape::Shape;
pub use template::{SkeletonEdge, SkeletonTemplate, TemplateVertex};

/// The ontology of a project.
///
/// Look-ups by feature hash and by title take constant time. If a hash or title occurs twice, the first in document
/// order wins (contract: `docs/contract/label-format.md#ids`).
///
/// ```
/// use agent_platform::ontology::{Ontology, Shape};
///
/// let ontology = Ontology::parse(r##"{"objects": [
///     {"id": "1", "name": "Car", "color": "#D33115", "shape": "bounding_box", "featureNodeHash": "a1b2c3d4"}
/// ], "classifications": []}"##)?;
/// assert_eq!(ontology.object("Car").map(|class| class.shape()), Some(&Shape::BoundingBox));
/// assert!(ontology.object("a1b2c3d4").is_some());
/// # Ok::<(), agent_platform::ontology::OntologyError>(())
/// ```
///
/// A handle: clones share everything.
#[derive(Clone)]
pub struct Ontology(Arc<Structure>);

/// The structure that clones of an ontology share.
struct Structure {
    text: Arc<str>,
    ontology_hash: Option<String>,
    title: Option<String>,
    objects: Vec<Arc<ObjectClass>>,
    classifications: Vec<Arc<ClassificationClass>>,
    templates: Vec<SkeletonTemplate>,
    by_hash: HashMap<FeatureHash, lookup::IndexedItem>,
    objects_by_title: HashMap<String, usize>,
    classifications_by_title: HashMap<String, usize>,
}

impl fmt::Debug for Ontology {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Ontology");
        out.field("title", &self.0.title).field("objects", &self.0.objects.len()).finish_non_exhaustive()
    }
}

impl Ontology {
    /// Parses an ontology: the platform's response with the structure in `editor`, or the structure alone.
    ///
    /// # Errors
    /// The text is not JSON, or an item has no feature hash.
    pub fn parse(text: impl Into<Arc<str>>) -> Result<Self, OntologyError> {
        parse::parse(&text.into())
    }

    /// Returns `true` if both are clones of one.
    #[cfg(feature = "labels")]
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Returns the source text, unchanged.
    #[must_use]
    pub fn json(&self) -> &str {
        &self.0.text
    }

    /// Returns the hash of the ontology, if the text contains one.
    #[must_use]
    pub fn ontology_hash(&self) -> Option<&str> {
        self.0.ontology_hash.as_deref()
    }

    /// Returns the title of the ontology, if the text contains one.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        self.0.title.as_deref()
    }

    /// Iterates over the object classes in document order.
    pub fn objects(&self) -> impl Iterator<Item = &ObjectClass> {
        self.0.objects.iter().map(AsRef::as_ref)
    }

    /// Iterates over the classification classes in document order.
    pub fn classifications(&self) -> impl Iterator<Item = &ClassificationClass> {
        self.0.classifications.iter().map(AsRef::as_ref)
    }

    /// Returns the skeleton templates in document order.
    #[must_use]
    pub fn skeleton_templates(&self) -> &[SkeletonTemplate] {
        &self.0.templates
    }
}
