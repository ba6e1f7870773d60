//! Attributes, which are what labels answer, and the options to choose from.

use std::sync::Arc;

use crate::json::open_enum;

use super::item::item;

open_enum! {
    /// How an attribute is answered (contract: `docs/contract/label-format.md#attributes`).
    AttributeType {
        /// One option of several.
        Radio = "radio",
        /// Any number of options.
        Checklist = "checklist",
        /// Free text.
        Text = "text",
        /// A number.
        Numeric = "numeric",
    }
}

/// Something that the objects or classifications of a class can be asked.
#[derive(Debug)]
pub struct Attribute {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) kind: AttributeType,
    pub(super) feature_hash: String,
    pub(super) required: bool,
    pub(super) archived: bool,
    pub(super) dynamic: bool,
    pub(super) choices: Vec<Arc<Choice>>,
    pub(super) class: Arc<str>,
    pub(super) parents: Vec<Arc<str>>,
}

impl Attribute {
    /// What annotators read.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How it is answered.
    #[must_use]
    pub fn attribute_type(&self) -> &AttributeType {
        &self.kind
    }

    /// Whether annotators must answer it.
    #[must_use]
    pub fn is_required(&self) -> bool {
        self.required
    }

    /// Whether the answer differs from frame to frame. Only attributes directly below an object class are.
    #[must_use]
    pub fn is_dynamic(&self) -> bool {
        self.dynamic
    }

    /// The options of a radio or checklist.
    pub fn options(&self) -> impl Iterator<Item = &Choice> {
        self.choices.iter().map(AsRef::as_ref)
    }

    /// An option by its feature hash, or else by its label, or else by its value.
    #[must_use]
    pub fn option(&self, key: &str) -> Option<&Choice> {
        let by = |matches: fn(&Choice, &str) -> bool| self.options().find(|choice| matches(choice, key));
        by(|choice, key| choice.feature_hash == key)
            .or_else(|| by(|choice, key| choice.label == key))
            .or_else(|| by(|choice, key| choice.value == key))
    }

    /// The feature hash of the class that the attribute belongs to.
    #[must_use]
    pub fn class_feature_hash(&self) -> &str {
        &self.class
    }

    /// The feature hash of the option that must be chosen before this can be answered; `None` directly below the class.
    #[must_use]
    pub fn parent_option(&self) -> Option<&str> {
        self.parents.last().map(AsRef::as_ref)
    }
}

item!(Attribute);

/// An option of a radio or checklist (contract: `docs/contract/label-format.md#options`).
#[derive(Debug)]
pub struct Choice {
    pub(super) id: String,
    pub(super) label: String,
    pub(super) value: String,
    pub(super) feature_hash: String,
    pub(super) archived: bool,
    pub(super) attributes: Vec<Arc<Attribute>>,
    pub(super) attribute: Arc<str>,
}

impl Choice {
    /// What annotators read.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// What labels repeat beside the label.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// The attributes to answer once this option is chosen; only options of a radio have some.
    pub fn attributes(&self) -> impl Iterator<Item = &Attribute> {
        self.attributes.iter().map(AsRef::as_ref)
    }

    /// The feature hash of the attribute that this is an option of.
    #[must_use]
    pub fn attribute_feature_hash(&self) -> &str {
        &self.attribute
    }
}

item!(Choice);
