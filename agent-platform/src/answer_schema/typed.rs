//! Schemas and answers of the types of `ontology!`.

use crate::labels::AnswerInput;
use crate::ontology::{ObjectClass, Ontology};
use crate::typed::{Answers, ClassificationType, NewObject, ObjectType, TypedClass};

use super::answers::AttributeAnswers;
use super::error::AnswerError;
use super::schema::{AnswerSchema, AttributeSchema, ClassificationSchema, ObjectSchema};

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

impl ObjectSchema {
    /// Creates a schema for the class of an object, one of these of `ontology!`, and its attributes.
    pub fn from_classes(classes: impl IntoIterator<Item = TypedClass>) -> Self {
        Self::new(classes.into_iter().filter_map(|class| class.ontology()?.object(class.feature_hash())))
    }
}

/// Schema of an object class of `ontology!`.
pub trait ObjectQuestion: ObjectType {
    /// Returns the schema of the attributes, for the answer of a language model.
    #[must_use]
    fn schema() -> AttributeSchema {
        AttributeSchema::from_class(Self::CLASS)
    }
}

impl<C: ObjectType> ObjectQuestion for C {}

/// Schema of a classification class of `ontology!`, and the answers to it.
pub trait ClassificationQuestion: ClassificationType {
    /// Returns the schema of the classification, for the answer of a language model.
    #[must_use]
    fn schema() -> ClassificationSchema {
        ClassificationSchema::from_class(Self::CLASS)
    }

    /// Parses the answer of a language model to the schema. `None` if the question is unanswered.
    ///
    /// # Errors
    /// As [`AnswerSchema::parse`].
    fn parse(answer: &str) -> Result<Option<Self>, AnswerError> {
        let parsed = Self::schema().parse(answer)?;
        let read = |ontology: &Ontology| {
            let answers = &parsed.iter().next()?.answers;
            let inputs = inputs(answers).map(|(attribute, answer)| (attribute.into(), answer));
            Self::read(Answers::from_inputs(ontology, inputs).reader())
        };
        Ok(Self::CLASS.ontology().and_then(read))
    }
}

impl<T: ClassificationType> ClassificationQuestion for T {}

impl NewObject {
    /// Adds the answers of a language model to the schema of the class.
    ///
    /// # Errors
    /// As [`AnswerSchema::parse`].
    pub fn with_answer_of_model(self, answer: &str) -> Result<Self, AnswerError> {
        let answers = AttributeSchema::from_class(self.class()).parse(answer)?;
        Ok(self.with_inputs(inputs(&answers)))
    }
}

fn inputs(answers: &AttributeAnswers) -> impl Iterator<Item = (String, AnswerInput)> {
    answers.iter().map(|answer| (answer.feature_hash.to_string(), answer.answer.clone()))
}
