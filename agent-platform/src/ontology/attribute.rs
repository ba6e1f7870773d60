//! Attributes of classes, and their options.

use std::sync::Arc;

use crate::hash::FeatureHash;
use crate::json::open_enum;

use super::item::item;

open_enum! {
    /// Type of an attribute (contract: `docs/contract/label-format.md#attributes`).
    AttributeType {
        /// Exactly one option.
        Radio = "radio",
        /// Any number of options.
        Checklist = "checklist",
        /// Free text.
        Text = "text",
        /// A number.
        Numeric = "numeric",
    }
}

/// An attribute of an object or classification class.
#[derive(Debug)]
pub struct Attribute {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) kind: AttributeType,
    pub(super) feature_hash: FeatureHash,
    pub(super) required: bool,
    pub(super) archived: bool,
    pub(super) dynamic: bool,
    pub(super) choices: Vec<Arc<Choice>>,
    pub(super) class: FeatureHash,
    pub(super) parents: Vec<FeatureHash>,
}

impl Attribute {
    /// Returns the title.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the type.
    #[must_use]
    pub fn attribute_type(&self) -> &AttributeType {
        &self.kind
    }

    /// Returns `true` if annotators must answer the attribute.
    #[must_use]
    pub fn is_required(&self) -> bool {
        self.required
    }

    /// Returns `true` if the answer may differ between frames. Only attributes directly below an object class can be
    /// dynamic.
    #[must_use]
    pub fn is_dynamic(&self) -> bool {
        self.dynamic
    }

    /// Iterates over the options of a radio or checklist.
    pub fn options(&self) -> impl Iterator<Item = &Choice> {
        self.choices.iter().map(AsRef::as_ref)
    }

    /// Finds an option by feature hash, or else by label, or else by value.
    #[must_use]
    pub fn option(&self, key: impl AsRef<str>) -> Option<&Choice> {
        let key = key.as_ref();
        let by = |matches: fn(&Choice, &str) -> bool| self.options().find(|choice| matches(choice, key));
        by(|choice, key| choice.feature_hash == *key)
            .or_else(|| by(|choice, key| choice.label == key))
            .or_else(|| by(|choice, key| choice.value == key))
    }

    /// Returns the feature hash of the class.
    #[must_use]
    pub fn class_feature_hash(&self) -> &FeatureHash {
        &self.class
    }

    /// Returns the feature hash of the option that must be chosen before this attribute applies; `None` directly below
    /// the class.
    #[must_use]
    pub fn parent_option(&self) -> Option<&FeatureHash> {
        self.parents.last()
    }
}

item!(Attribute);

/// An option of a radio or checklist (contract: `docs/contract/label-format.md#options`).
#[derive(Debug)]
pub struct Choice {
    pub(super) id: String,
    pub(super) label: String,
    pub(super) value: String,
    pub(super) feature_hash: FeatureHash,
    pub(super) archived: bool,
    pub(super) attributes: Vec<Arc<Attribute>>,
    pub(super) attribute: FeatureHash,
}

impl Choice {
    /// Returns the label shown to annotators.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Returns the value that labels store next to the label.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Iterates over the attributes nested below this option. Only options of a radio have some.
    pub fn attributes(&self) -> impl Iterator<Item = &Attribute> {
        self.attributes.iter().map(AsRef::as_ref)
    }

    /// Returns the feature hash of the attribute.
    #[must_use]
    pub fn attribute_feature_hash(&self) -> &FeatureHash {
        &self.attribute
    }
}

item!(Choice);
