//! Object and classification classes.

use std::sync::Arc;

use crate::hash::FeatureHash;
use crate::json::open_enum;

use super::attribute::Attribute;
use super::item::item;
use super::shape::Shape;

/// An object class (contract: `docs/contract/label-format.md#object-classes`).
#[derive(Debug)]
pub struct ObjectClass {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) color: String,
    pub(super) shape: Shape,
    pub(super) feature_hash: FeatureHash,
    pub(super) required: bool,
    pub(super) archived: bool,
    pub(super) attributes: Vec<Arc<Attribute>>,
}

impl ObjectClass {
    /// Returns the title.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the colour as `#RRGGBB`.
    #[must_use]
    pub fn color(&self) -> &str {
        &self.color
    }

    /// Returns the shape of the objects.
    #[must_use]
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// Returns `true` if annotators must create an object of this class.
    #[must_use]
    pub fn is_required(&self) -> bool {
        self.required
    }

    /// Iterates over the attributes directly below the class.
    pub fn attributes(&self) -> impl Iterator<Item = &Attribute> {
        self.attributes.iter().map(AsRef::as_ref)
    }
}

item!(ObjectClass);

open_enum! {
    /// Scope of the instances of a classification class.
    Level {
        /// The whole file, with at most one instance.
        Global = "global",
    }
}

/// A classification class (contract: `docs/contract/label-format.md#classification-classes`).
#[derive(Debug)]
pub struct ClassificationClass {
    pub(super) id: String,
    pub(super) feature_hash: FeatureHash,
    pub(super) level: Option<Level>,
    pub(super) archived: bool,
    pub(super) attributes: Vec<Arc<Attribute>>,
}

impl ClassificationClass {
    /// Returns the title: the name of its first attribute, or an empty string.
    #[must_use]
    pub fn name(&self) -> &str {
        self.attributes.first().map_or("", |attribute| attribute.name())
    }

    /// Returns the level, if the ontology states one.
    #[must_use]
    pub fn level(&self) -> Option<&Level> {
        self.level.as_ref()
    }

    /// Returns `true` if an instance applies to the whole file. There is then at most one.
    #[must_use]
    pub fn is_global(&self) -> bool {
        self.level == Some(Level::Global)
    }

    /// Returns the first attribute.
    #[must_use]
    pub fn attribute(&self) -> Option<&Attribute> {
        self.attributes.first().map(AsRef::as_ref)
    }

    /// Iterates over the attributes directly below the class; one in practice.
    pub fn attributes(&self) -> impl Iterator<Item = &Attribute> {
        self.attributes.iter().map(AsRef::as_ref)
    }
}

item!(ClassificationClass);
