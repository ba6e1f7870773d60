//! Schemas and answers of the types of `ontology!`.

use crate::labels::AnswerInput;
use crate::ontology::{ObjectClass, Ontology};
use crate::typed::{Answers, ClassificationType, NewObject, TypedClass};

use super::answers::AttributeAnswers;
use super::error::AnswerError;
use super::schema::{AnswerSchema, AttributeSchema, ClassificationSchema};

impl AttributeSchema {
    /// Creates a schema for the attributes of an object class of `ontology!`.
    #[must_use]
    pub fn from_class(class: TypedClass) -> Self {
        let class = class.ontology().and_then(|ontology| ontology.object(class.feature_hash()));
        Self::new(class.into_iter().flat_map(ObjectClass::attributes))
    }
}

impl ClassificationSchema {
    /// Creates a schema for a classification class of `ontology!`.
    #[must_use]
    pub fn from_class(class: TypedClass) -> Self {
        Self::new(class.ontology().and_then(|ontology| ontology.classification(class.feature_hash())))
    }
}

/// Parses an answer for [`AttributeSchema::from_class`], and adds it to a new object.
///
/// # Errors
/// As [`AnswerSchema::parse`].
pub fn parse_object(class: TypedClass, object: NewObject, answer: &str) -> Result<NewObject, AnswerError> {
    let answers = AttributeSchema::from_class(class).parse(answer)?;
    Ok(object.with_inputs(inputs(&answers)))
}

/// Parses an answer for [`ClassificationSchema::from_class`]. `None` if the question is unanswered.
///
/// # Errors
/// As [`AnswerSchema::parse`].
pub fn parse_classification<T: ClassificationType>(answer: &str) -> Result<Option<T>, AnswerError> {
    let class = T::class();
    let parsed = ClassificationSchema::from_class(class).parse(answer)?;
    let read = |ontology: &Ontology| {
        let answers = &parsed.iter().next()?.answers;
        let inputs = inputs(answers).map(|(attribute, answer)| (attribute.into(), answer));
        T::read(Answers::from_inputs(ontology, inputs).reader())
    };
    Ok(class.ontology().and_then(read))
}

fn inputs(answers: &AttributeAnswers) -> impl Iterator<Item = (String, AnswerInput)> {
    answers.iter().map(|answer| (answer.feature_hash.to_string(), answer.answer.clone()))
}
