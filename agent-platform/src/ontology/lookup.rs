//! Look-up of items in an ontology.

use std::sync::Arc;

use crate::hash::FeatureHash;

use super::Ontology;
use super::attribute::{Attribute, AttributeType, Choice};
use super::class::{ClassificationClass, ObjectClass};
use super::shape::Shape;
use super::template::SkeletonTemplate;

/// An item found by its feature hash or by a path of titles.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum OntologyItem<'o> {
    /// An object class.
    Object(&'o ObjectClass),
    /// A classification class.
    Classification(&'o ClassificationClass),
    /// An attribute.
    Attribute(&'o Attribute),
    /// An option of an attribute.
    Choice(&'o Choice),
}

impl<'o> OntologyItem<'o> {
    /// Returns the feature hash.
    #[must_use]
    pub fn feature_hash(&self) -> &'o FeatureHash {
        match self {
            Self::Object(class) => class.feature_hash(),
            Self::Classification(class) => class.feature_hash(),
            Self::Attribute(attribute) => attribute.feature_hash(),
            Self::Choice(option) => option.feature_hash(),
        }
    }

    /// Returns the title or label.
    #[must_use]
    pub fn title(&self) -> &'o str {
        match self {
            Self::Object(class) => class.name(),
            Self::Classification(class) => class.name(),
            Self::Attribute(attribute) => attribute.name(),
            Self::Choice(option) => option.label(),
        }
    }
}

/// An item owned by the ontology.
#[derive(Debug, Clone)]
pub(super) enum IndexedItem {
    Object(Arc<ObjectClass>),
    Classification(Arc<ClassificationClass>),
    Attribute(Arc<Attribute>),
    Option(Arc<Choice>),
}

impl Ontology {
    /// Finds an item by feature hash.
    #[must_use]
    pub fn find(&self, feature_hash: impl AsRef<str>) -> Option<OntologyItem<'_>> {
        self.0.by_hash.get(feature_hash.as_ref()).map(|entry| match entry {
            IndexedItem::Object(class) => OntologyItem::Object(class),
            IndexedItem::Classification(class) => OntologyItem::Classification(class),
            IndexedItem::Attribute(attribute) => OntologyItem::Attribute(attribute),
            IndexedItem::Option(option) => OntologyItem::Choice(option),
        })
    }

    /// Finds an object class by feature hash, or else by title.
    #[must_use]
    pub fn object(&self, key: impl AsRef<str>) -> Option<&ObjectClass> {
        let key = key.as_ref();
        match self.0.by_hash.get(key) {
            Some(IndexedItem::Object(class)) => Some(class),
            _ => self.0.objects_by_title.get(key).and_then(|index| self.0.objects.get(*index)).map(AsRef::as_ref),
        }
    }

    /// Finds a classification class by feature hash, or else by title.
    #[must_use]
    pub fn classification(&self, key: impl AsRef<str>) -> Option<&ClassificationClass> {
        let key = key.as_ref();
        match self.0.by_hash.get(key) {
            Some(IndexedItem::Classification(class)) => Some(class),
            _ => {
                let index = self.0.classifications_by_title.get(key)?;
                self.0.classifications.get(*index).map(AsRef::as_ref)
            }
        }
    }

    /// Finds an attribute by feature hash.
    #[must_use]
    pub fn attribute(&self, feature_hash: impl AsRef<str>) -> Option<&Attribute> {
        match self.find(feature_hash)? {
            OntologyItem::Attribute(attribute) => Some(attribute),
            _ => None,
        }
    }

    /// Finds an option by feature hash.
    #[must_use]
    pub fn option(&self, feature_hash: impl AsRef<str>) -> Option<&Choice> {
        match self.find(feature_hash)? {
            OntologyItem::Choice(option) => Some(option),
            _ => None,
        }
    }

    /// Finds an item by a path of titles, such as `["Car", "Colour", "Red"]`: class, attribute, option, attribute and
    /// so on.
    ///
    /// Object classes take precedence over classification classes. The path of a classification may omit the title of
    /// the class, because it equals that of its attribute: `["Weather", "Sunny"]`.
    #[must_use]
    pub fn by_path<T: AsRef<str>>(&self, titles: &[T]) -> Option<OntologyItem<'_>> {
        let (first, rest) = titles.split_first()?;
        if let Some(class) = self.0.objects.iter().find(|class| class.name == first.as_ref()) {
            let found = below(OntologyItem::Object(class), rest);
            if found.is_some() {
                return found;
            }
        }
        self.0.classifications.iter().filter(|class| class.name() == first.as_ref()).find_map(|class| {
            let class = OntologyItem::Classification(class);
            below(class, rest).or_else(|| below(class, titles))
        })
    }

    /// Iterates over the object classes with this shape.
    pub fn objects_of<'o>(&'o self, shape: &'o Shape) -> impl Iterator<Item = &'o ObjectClass> {
        self.objects().filter(move |class| class.shape() == shape)
    }

    /// Returns all attributes of this type, including nested ones, class by class and depth first.
    #[must_use]
    pub fn attributes_of(&self, kind: &AttributeType) -> Vec<&Attribute> {
        let roots = self.0.objects.iter().flat_map(|class| &class.attributes);
        let roots = roots.chain(self.0.classifications.iter().flat_map(|class| &class.attributes));
        let mut found = Vec::new();
        // Depth first, with an explicit stack.
        let mut next: Vec<&Arc<Attribute>> = roots.collect();
        next.reverse();
        while let Some(attribute) = next.pop() {
            if attribute.attribute_type() == kind {
                found.push(attribute.as_ref());
            }
            let nested: Vec<_> = attribute.choices.iter().flat_map(|choice| &choice.attributes).collect();
            next.extend(nested.into_iter().rev());
        }
        found
    }

    /// Returns the template of a skeleton class.
    #[must_use]
    pub fn skeleton_template(&self, class: &ObjectClass) -> Option<&SkeletonTemplate> {
        self.0.templates.iter().find(|template| template.feature_hash() == Some(class.feature_hash()))
    }
}

/// Follows titles downwards from an item.
fn below<'o, T: AsRef<str>>(item: OntologyItem<'o>, titles: &[T]) -> Option<OntologyItem<'o>> {
    let mut item = item;
    for title in titles {
        let title = title.as_ref();
        let attribute = |attributes: &'o [Arc<Attribute>]| {
            attributes.iter().find(|attribute| attribute.name == title).map(|found| OntologyItem::Attribute(found))
        };
        item = match item {
            OntologyItem::Object(class) => attribute(&class.attributes)?,
            OntologyItem::Classification(class) => attribute(&class.attributes)?,
            OntologyItem::Choice(option) => attribute(&option.attributes)?,
            OntologyItem::Attribute(parent) => {
                OntologyItem::Choice(parent.choices.iter().find(|choice| choice.label == title)?)
            }
        };
    }
    Some(item)
}
