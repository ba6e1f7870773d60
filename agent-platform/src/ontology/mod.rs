//! Ontologies: the classes, attributes and options that labels are made of.
//!
//! An ontology is read once and shared. What this crate does not know, such as a new shape or attribute type, is kept
//! and named as it is written (contract: `label-format.md`, section 1).

mod attribute;
mod class;
mod error;
mod item;
mod lookup;
mod parse;
mod shape;
mod template;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

pub use attribute::{Attribute, AttributeType, Choice};
pub use class::{ClassificationClass, Level, ObjectClass};
pub use error::OntologyError;
pub use lookup::OntologyItem;
pub use shape::Shape;
pub use template::{SkeletonEdge, SkeletonTemplate, TemplateVertex};

/// The structure of a project's labels.
///
/// Look-ups by feature hash and by title cost the same however large the ontology is. The first in document order wins
/// where a hash or title occurs twice (contract: `label-format.md`, section 1.5).
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
    by_hash: HashMap<String, lookup::IndexedItem>,
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
    /// Reads an ontology: the answer of the platform with the structure under `editor`, or the structure alone.
    ///
    /// # Errors
    /// Text that is not JSON, or in which something has no feature hash.
    pub fn parse(text: impl Into<Arc<str>>) -> Result<Self, OntologyError> {
        parse::parse(&text.into())
    }

    /// The text it was read from, unchanged.
    #[must_use]
    pub fn json(&self) -> &str {
        &self.0.text
    }

    /// The hash of the ontology, if it came with one.
    #[must_use]
    pub fn ontology_hash(&self) -> Option<&str> {
        self.0.ontology_hash.as_deref()
    }

    /// The title of the ontology, if it came with one.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        self.0.title.as_deref()
    }

    /// The classes of objects, in document order.
    pub fn objects(&self) -> impl Iterator<Item = &ObjectClass> {
        self.0.objects.iter().map(AsRef::as_ref)
    }

    /// The classes of classifications, in document order.
    pub fn classifications(&self) -> impl Iterator<Item = &ClassificationClass> {
        self.0.classifications.iter().map(AsRef::as_ref)
    }

    /// The skeleton templates, in document order.
    #[must_use]
    pub fn skeleton_templates(&self) -> &[SkeletonTemplate] {
        &self.0.templates
    }
}
