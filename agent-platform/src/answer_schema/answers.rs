//! What a model answered, ready to be applied.

use crate::labels::AnswerInput;

/// The answer to one attribute.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct AttributeAnswer {
    /// The feature hash of the attribute.
    pub feature_hash: String,
    /// The name of the attribute.
    pub name: String,
    /// What it is answered with; options by their feature hashes.
    pub answer: AnswerInput,
}

/// A classification: a class, and the answers to its attributes.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ClassificationAnswer {
    /// The feature hash of the class.
    pub class: String,
    /// The answer to its first attribute, and those to what is below the options that it chooses.
    pub answers: AttributeAnswers,
}

/// What an object is: a class, and the answers to its attributes.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ObjectAnswer {
    /// The feature hash of the class.
    pub class: String,
    /// The answers to its attributes.
    pub answers: AttributeAnswers,
}

/// What a model answered to several questions, in the order of the schema. What it did not answer is not there.
#[derive(Debug, Clone, PartialEq)]
pub struct Answers<T>(pub(super) Vec<T>);

/// Answers to attributes of one object: those to an attribute before those to what is below its options.
pub type AttributeAnswers = Answers<AttributeAnswer>;

/// Classifications, in the order of their classes.
pub type ClassificationAnswers = Answers<ClassificationAnswer>;

impl<T> Default for Answers<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Answers<T> {
    /// The answers.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.0.iter()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether the model answered nothing.
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
