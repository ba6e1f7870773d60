//! Changes of an ontology that break the types of an agent.

use std::fmt;

use super::attribute::AttributeType;
use super::shape::Shape;

/// A part of a class that the ontology of the project lacks or defines differently.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChangedItem {
    /// The class is missing.
    Class,
    /// The class has another shape.
    Shape {
        /// The shape in the ontology of the build.
        from: Shape,
        /// The shape in the ontology of the project.
        to: Shape,
    },
    /// The attribute is missing.
    Attribute {
        /// The title of the attribute.
        attribute: String,
    },
    /// The attribute has another type.
    AttributeType {
        /// The title of the attribute.
        attribute: String,
        /// The type in the ontology of the build.
        from: AttributeType,
        /// The type in the ontology of the project.
        to: AttributeType,
    },
    /// The attribute became dynamic, or no longer is.
    Dynamic {
        /// The title of the attribute.
        attribute: String,
        /// `true` if the attribute is dynamic in the project.
        now: bool,
    },
    /// The option is missing.
    Choice {
        /// The title of the attribute.
        attribute: String,
        /// The label of the option.
        option: String,
    },
}

impl fmt::Display for ChangedItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = |word: &str| word.replace('_', " ");
        match self {
            Self::Class => f.write_str("the project has no such class"),
            Self::Shape { from, to } => {
                write!(f, "its shape is now {} instead of {}", words(to.as_str()), words(from.as_str()))
            }
            Self::Attribute { attribute } => write!(f, "it has no attribute `{attribute}`"),
            Self::AttributeType { attribute, from, to } => {
                write!(f, "the attribute `{attribute}` is now a {to} instead of a {from}")
            }
            Self::Dynamic { attribute, now: true } => {
                write!(f, "the attribute `{attribute}` is now dynamic")
            }
            Self::Dynamic { attribute, now: false } => {
                write!(f, "the attribute `{attribute}` is no longer dynamic")
            }
            Self::Choice { attribute, option } => {
                write!(f, "the attribute `{attribute}` has no option `{option}`")
            }
        }
    }
}

/// Error of using a class whose definition in the project no longer fits the types that an agent was built with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OntologyChange {
    class: String,
    items: Vec<ChangedItem>,
}

impl OntologyChange {
    pub(super) fn new(class: impl Into<String>, items: Vec<ChangedItem>) -> Self {
        Self { class: class.into(), items }
    }

    /// Returns the title of the class in the ontology of the build.
    #[must_use]
    pub fn class(&self) -> &str {
        &self.class
    }

    /// Returns the changed items, at least one.
    #[must_use]
    pub fn items(&self) -> &[ChangedItem] {
        &self.items
    }
}

impl fmt::Display for OntologyChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the class `{}` of the ontology has changed since this agent was built: ", self.class)?;
        for (index, item) in self.items.iter().enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            write!(f, "{separator}{item}")?;
        }
        f.write_str(". The agent must be rebuilt with the current ontology")
    }
}

impl std::error::Error for OntologyChange {}
