//! The answer schemas.

use crate::hash::FeatureHash;
use crate::ontology::{Attribute, ClassificationClass, ObjectClass};

use super::answer_parser::{AnswerParser, json};
use super::answers::{Answers, AttributeAnswers, ClassificationAnswer, ClassificationAnswers, ObjectAnswer};
use super::error::AnswerError;
use super::json_schema;
use super::keys::Keys;
use super::question::{Alternative, Question, classes, question, questions};

/// A schema for a model's answer, and the parser for answers that follow it.
pub trait AnswerSchema {
    /// The result of parsing an answer.
    type Answers;

    /// Returns `true` if there is nothing to ask, so that calling a model is unnecessary.
    fn is_empty(&self) -> bool;

    /// Returns the JSON schema of an answer as JSON text. The order of members matters, because models write them in
    /// the order of the schema. Use `serde_json::value::RawValue::from_string` to embed it in a request unchanged.
    fn schema(&self) -> String;

    /// Parses an answer.
    ///
    /// # Errors
    /// The text is not JSON, or does not match the schema. The error lists each problem with its path and the
    /// requirement, in words for the model.
    fn parse(&self, answer: &str) -> Result<Self::Answers, AnswerError>;
}

/// Schema for classifications: an object with a member for each class.
///
/// Contract: `docs/contract/label-format.md#classification-classes` and
/// `docs/contract/label-format.md#classifications`.
///
/// ```
/// use agent_platform::answer_schema::{AnswerSchema, ClassificationSchema};
/// use agent_platform::ontology::Ontology;
///
/// let ontology = Ontology::parse(r#"{"classifications": [{"id": "1", "featureNodeHash": "c1", "attributes": [
///     {"id": "1.1", "name": "Caption", "type": "text", "required": false, "featureNodeHash": "t1"}]}]}"#)?;
/// let schema = ClassificationSchema::new(ontology.classifications());
/// let answers = schema.parse(r#"{"caption": {"feature_node_hash": "t1", "value": "A cat on a wall."}}"#)?;
/// assert_eq!(answers.iter().next().map(|answer| answer.class.as_str()), Some("c1"));
/// assert!(schema.parse(r#"{"caption": null}"#)?.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct ClassificationSchema {
    classes: Vec<FeatureHash>,
    /// One question per class.
    questions: Vec<Question>,
}

impl ClassificationSchema {
    /// Creates a schema for these classes. It skips archived classes, and classes whose attribute is archived, has no
    /// options, or has an unknown type.
    pub fn new<'o>(classes: impl IntoIterator<Item = &'o ClassificationClass>) -> Self {
        let mut keys = Keys::default();
        let classes = classes.into_iter().filter(|class| !class.is_archived());
        let pairs = classes.filter_map(|class| {
            let question = question(class.attribute()?, &mut keys)?;
            Some((class.feature_hash().clone(), question))
        });
        let (classes, questions) = pairs.unzip();
        Self { classes, questions }
    }
}

impl AnswerSchema for ClassificationSchema {
    type Answers = ClassificationAnswers;

    fn is_empty(&self) -> bool {
        self.questions.is_empty()
    }

    fn schema(&self) -> String {
        json_schema::object(None, &json_schema::members(&self.questions))
    }

    fn parse(&self, answer: &str) -> Result<ClassificationAnswers, AnswerError> {
        let (value, mut parser) = (json(answer)?, AnswerParser::default());
        let mut answers = Vec::new();
        if let Some(members) = parser.object(&value, "", &keys(&self.questions)) {
            for (class, question) in self.classes.iter().zip(&self.questions) {
                parser.questions(std::slice::from_ref(question), members, "");
                let answered = Answers(parser.take());
                if !answered.is_empty() {
                    answers.push(ClassificationAnswer { class: class.clone(), answers: answered });
                }
            }
        }
        parser.finish(Answers(answers))
    }
}

/// Schema for the attributes of one object: an object with a member for each attribute.
///
/// Contract: `docs/contract/label-format.md#attributes` and `docs/contract/label-format.md#object-answers`.
///
/// ```
/// use agent_platform::answer_schema::{AnswerSchema, AttributeSchema};
/// use agent_platform::ontology::Ontology;
///
/// let ontology = Ontology::parse(r##"{"objects": [{"id": "1", "name": "Coin", "color": "#D33115", "shape": "bounding_box",
///     "featureNodeHash": "o1", "attributes": [
///         {"id": "1.1", "name": "Diameter", "type": "numeric", "required": true, "featureNodeHash": "d1"}]}]}"##)?;
/// let schema = AttributeSchema::new(ontology.object("Coin").into_iter().flat_map(|class| class.attributes()));
/// let answers = schema.parse(r#"{"diameter": {"feature_node_hash": "d1", "value": 2.5}}"#)?;
/// assert_eq!(answers.iter().next().map(|answer| &answer.answer), Some(&2.5.into()));
/// let error = schema.parse(r#"{"diameter": {"feature_node_hash": "d1", "value": "large"}}"#).unwrap_err();
/// assert_eq!(error.to_string(), r#"diameter.value must be a number, not "large""#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct AttributeSchema {
    questions: Vec<Question>,
}

impl AttributeSchema {
    /// Creates a schema for these attributes and those nested below their options. The attributes may themselves be
    /// nested below options that are already chosen. Attributes are skipped as in [`ClassificationSchema::new`].
    pub fn new<'o>(attributes: impl IntoIterator<Item = &'o Attribute>) -> Self {
        Self { questions: questions(attributes.into_iter(), Keys::default()) }
    }
}

impl AnswerSchema for AttributeSchema {
    type Answers = AttributeAnswers;

    fn is_empty(&self) -> bool {
        self.questions.is_empty()
    }

    fn schema(&self) -> String {
        json_schema::object(None, &json_schema::members(&self.questions))
    }

    fn parse(&self, answer: &str) -> Result<AttributeAnswers, AnswerError> {
        let (value, mut parser) = (json(answer)?, AnswerParser::default());
        if let Some(members) = parser.object(&value, "", &keys(&self.questions)) {
            parser.questions(&self.questions, members, "");
        }
        let answers = Answers(parser.take());
        parser.finish(answers)
    }
}

/// Schema for the class of an object and its attributes: `{"choice": ...}`, like a radio with an option for each class.
///
/// Contract: `docs/contract/label-format.md#object-classes` and `docs/contract/label-format.md#object-answers`.
///
/// ```
/// use agent_platform::answer_schema::{AnswerSchema, ObjectSchema};
/// use agent_platform::ontology::Ontology;
///
/// let ontology = Ontology::parse(r##"{"objects": [
///     {"id": "1", "name": "Coin", "color": "#D33115", "shape": "bounding_box", "featureNodeHash": "o1"},
///     {"id": "2", "name": "Spoon", "color": "#009CE0", "shape": "bounding_box", "featureNodeHash": "o2"}]}"##)?;
/// let schema = ObjectSchema::new(ontology.objects());
/// assert_eq!(schema.parse(r#"{"choice": "Spoon"}"#)?.class, "o2");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct ObjectSchema {
    classes: Vec<Alternative>,
}

impl ObjectSchema {
    /// Creates a schema for these classes. It skips archived classes.
    pub fn new<'o>(objects: impl IntoIterator<Item = &'o ObjectClass>) -> Self {
        Self { classes: classes(objects) }
    }
}

impl AnswerSchema for ObjectSchema {
    type Answers = ObjectAnswer;

    fn is_empty(&self) -> bool {
        self.classes.is_empty()
    }

    fn schema(&self) -> String {
        json_schema::object(None, &[("choice", json_schema::choice(&self.classes))])
    }

    fn parse(&self, answer: &str) -> Result<ObjectAnswer, AnswerError> {
        let (value, mut parser) = (json(answer)?, AnswerParser::default());
        let mut class = FeatureHash::default();
        let members = parser.object(&value, "", &["choice"]);
        if let Some(value) = members.and_then(|members| parser.member(members, "", "choice"))
            && let Some(chosen) = parser.choice(&self.classes, value, "choice")
        {
            class.clone_from(&chosen.feature_hash);
            parser.chosen(chosen, value, "choice");
        }
        let answers = Answers(parser.take());
        parser.finish(ObjectAnswer { class, answers })
    }
}

fn keys(questions: &[Question]) -> Vec<&str> {
    questions.iter().map(|question| question.key.as_str()).collect()
}
