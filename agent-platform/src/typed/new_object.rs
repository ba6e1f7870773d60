//! New objects of a class of the build's ontology.

use crate::labels::{AddObject, AnswerInput, AnyCoordinates, LabelRow};

use super::answer_type::AnswerType;
use super::new_answers::NewAnswers;
use super::object::match_class;
use super::shape::LabelShape;
use super::typed_class::TypedClass;

/// A new object: class, coordinates and answers. The builders of `ontology!` are made of it.
#[derive(Debug, Clone, PartialEq)]
pub struct NewObject {
    class: TypedClass,
    coordinates: Option<AnyCoordinates>,
    answers: NewAnswers,
}

impl NewObject {
    /// Creates an object with coordinates and without answers.
    #[must_use]
    pub fn new(class: TypedClass, shape: impl LabelShape) -> Self {
        Self { class, coordinates: shape.into_any(), answers: NewAnswers::default() }
    }

    /// Creates an object that covers ranges, which are given when it is placed.
    #[must_use]
    pub fn without_coordinates(class: TypedClass) -> Self {
        Self { class, coordinates: None, answers: NewAnswers::default() }
    }

    /// Returns the class.
    #[must_use]
    pub fn class(&self) -> TypedClass {
        self.class
    }

    /// Answers an attribute.
    #[must_use]
    pub fn answer<T: AnswerType>(mut self, attribute: &'static str, answer: &T) -> Self {
        self.answers.forget(attribute);
        self.answers.answer(attribute, answer);
        self
    }

    /// Answers attributes by the feature hashes of the build.
    pub(crate) fn with_inputs(mut self, answers: impl Iterator<Item = (String, AnswerInput)>) -> Self {
        answers.for_each(|(attribute, answer)| self.answers.push(attribute, Some(answer)));
        self
    }

    /// Begins the object in a row.
    pub fn add_to(self, row: &mut LabelRow) -> AddObject<'_> {
        let matched = match match_class(self.class, row.ontology()) {
            Ok(matched) => matched,
            Err(changed) => return AddObject::failed(row, changed),
        };
        let mut object = AddObject::new(row, matched.class.as_str());
        if let Some(coordinates) = self.coordinates {
            object = object.coordinates(coordinates);
        }
        for (attribute, answer) in self.answers.of_new_label(&matched) {
            object = object.answer(attribute, answer);
        }
        object
    }
}
