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

/// Answers to attributes of one object: those to an attribute before those to what is below its options. What the model
/// did not answer is not there.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AttributeAnswers(pub(super) Vec<AttributeAnswer>);

impl AttributeAnswers {
    /// The answers.
    pub fn iter(&self) -> std::slice::Iter<'_, AttributeAnswer> {
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

impl<'a> IntoIterator for &'a AttributeAnswers {
    type Item = &'a AttributeAnswer;
    type IntoIter = std::slice::Iter<'a, AttributeAnswer>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
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

/// Classifications, in the order of the schema. Classes that the model did not answer are not there.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ClassificationAnswers(pub(super) Vec<ClassificationAnswer>);

impl ClassificationAnswers {
    /// The classifications.
    pub fn iter(&self) -> std::slice::Iter<'_, ClassificationAnswer> {
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

impl<'a> IntoIterator for &'a ClassificationAnswers {
    type Item = &'a ClassificationAnswer;
    type IntoIter = std::slice::Iter<'a, ClassificationAnswer>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
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
