//! Classes: what objects and classifications are instances of.

use std::sync::Arc;

use crate::json::open_enum;

use super::attribute::Attribute;
use super::item::item;
use super::shape::Shape;

/// A class of objects (contract: `docs/contract/label-format.md#object-classes`).
#[derive(Debug)]
pub struct ObjectClass {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) color: String,
    pub(super) shape: Shape,
    pub(super) feature_hash: String,
    pub(super) required: bool,
    pub(super) archived: bool,
    pub(super) attributes: Vec<Arc<Attribute>>,
}

impl ObjectClass {
    /// The title: what annotators read.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The colour as `#RRGGBB`.
    #[must_use]
    pub fn color(&self) -> &str {
        &self.color
    }

    /// The shape that its objects have.
    #[must_use]
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// Whether annotators must make one.
    #[must_use]
    pub fn is_required(&self) -> bool {
        self.required
    }

    /// The attributes directly below the class.
    pub fn attributes(&self) -> impl Iterator<Item = &Attribute> {
        self.attributes.iter().map(AsRef::as_ref)
    }
}

item!(ObjectClass);

open_enum! {
    /// What an instance of a classification class is about.
    Level {
        /// The whole file: at most one instance.
        Global = "global",
    }
}

/// A class of classifications (contract: `docs/contract/label-format.md#classification-classes`).
#[derive(Debug)]
pub struct ClassificationClass {
    pub(super) id: String,
    pub(super) feature_hash: String,
    pub(super) level: Option<Level>,
    pub(super) archived: bool,
    pub(super) attributes: Vec<Arc<Attribute>>,
}

impl ClassificationClass {
    /// The title, which is the name of its one attribute; empty if it has none.
    #[must_use]
    pub fn name(&self) -> &str {
        self.attributes.first().map_or("", |attribute| attribute.name())
    }

    /// The level, if one is written.
    #[must_use]
    pub fn level(&self) -> Option<&Level> {
        self.level.as_ref()
    }

    /// Whether an instance is about the whole file, of which there is at most one.
    #[must_use]
    pub fn is_global(&self) -> bool {
        self.level == Some(Level::Global)
    }

    /// The attribute that an instance answers first.
    #[must_use]
    pub fn attribute(&self) -> Option<&Attribute> {
        self.attributes.first().map(AsRef::as_ref)
    }

    /// The attributes directly below the class: one in practice.
    pub fn attributes(&self) -> impl Iterator<Item = &Attribute> {
        self.attributes.iter().map(AsRef::as_ref)
    }
}

item!(ClassificationClass);
