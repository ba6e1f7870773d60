//! Parsed answers of a model, to be applied to a label row.

use crate::hash::FeatureHash;
use crate::labels::AnswerInput;

/// The answer to one attribute.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct AttributeAnswer {
    /// The feature hash of the attribute.
    pub feature_hash: FeatureHash,
    /// The name of the attribute.
    pub name: String,
    /// The answer. Options are given by their feature hashes.
    pub answer: AnswerInput,
}

/// A classification: a class and the answers to its attributes.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ClassificationAnswer {
    /// The feature hash of the class.
    pub class: FeatureHash,
    /// The answer to its first attribute, followed by the answers to the attributes nested below the chosen options.
    pub answers: AttributeAnswers,
}

/// The class of an object and the answers to its attributes.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ObjectAnswer {
    /// The feature hash of the class.
    pub class: FeatureHash,
    /// The answers to its attributes.
    pub answers: AttributeAnswers,
}

/// Parsed answers in the order of the schema. Unanswered questions are absent.
#[derive(Debug, Clone, PartialEq)]
pub struct Answers<T>(pub(super) Vec<T>);

/// Answers to the attributes of one object. The answer to an attribute precedes those to attributes nested below its
/// options.
pub type AttributeAnswers = Answers<AttributeAnswer>;

/// Classifications in the order of their classes.
pub type ClassificationAnswers = Answers<ClassificationAnswer>;

impl<T> Default for Answers<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Answers<T> {
    /// Iterates over the answers.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.0.iter()
    }

    /// Returns the number of answers.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns `true` if there are no answers.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'a, T> IntoIterator for &'a Answers<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
