//! The schemas: what each asks, and what each gives.

use crate::ontology::{Attribute, ClassificationClass, ObjectClass};

use super::answers::{Answers, AttributeAnswers, ClassificationAnswer, ClassificationAnswers, ObjectAnswer};
use super::error::AnswerError;
use super::keys::Keys;
use super::question::{Asked, Question, classes, question, questions};
use super::reading::{Reading, json};
use super::writing;

/// What a model is asked, and what its answer becomes.
pub trait AnswerSchema {
    /// What an answer becomes.
    type Answers;

    /// Whether there is nothing to ask, so that a model need not be.
    fn is_empty(&self) -> bool;

    /// The JSON schema that an answer must follow, as JSON text: models write the members of an answer in the order of the
    /// schema, so that order counts. `serde_json::value::RawValue::from_string` puts it into a request as it is.
    fn schema(&self) -> String;

    /// Reads an answer.
    ///
    /// # Errors
    /// Text that is not JSON, or JSON that the schema does not allow: each problem with its place and what must be there, in
    /// words for the model.
    fn parse(&self, answer: &str) -> Result<Self::Answers, AnswerError>;
}

/// Asks for classifications: an object with a member for each class.
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
    classes: Vec<String>,
    /// One for each class.
    questions: Vec<Question>,
}

impl ClassificationSchema {
    /// Asks for these classes. Left out are those that are archived, and those whose attribute cannot be asked: it is
    /// archived, has no options, or is of a type that this crate does not know.
    pub fn new<'o>(classes: impl IntoIterator<Item = &'o ClassificationClass>) -> Self {
        let mut keys = Keys::default();
        let classes = classes.into_iter().filter(|class| !class.is_archived());
        let asked = classes.filter_map(|class| {
            let question = question(class.attribute()?, &mut keys)?;
            Some((class.feature_hash().to_owned(), question))
        });
        let (classes, questions) = asked.unzip();
        Self { classes, questions }
    }
}

impl AnswerSchema for ClassificationSchema {
    type Answers = ClassificationAnswers;

    fn is_empty(&self) -> bool {
        self.questions.is_empty()
    }

    fn schema(&self) -> String {
        writing::object(None, &writing::members(&self.questions))
    }

    fn parse(&self, answer: &str) -> Result<ClassificationAnswers, AnswerError> {
        let (value, mut reading) = (json(answer)?, Reading::default());
        let mut answers = Vec::new();
        if let Some(members) = reading.object(&value, "", &keys(&self.questions)) {
            for (class, question) in self.classes.iter().zip(&self.questions) {
                reading.questions(std::slice::from_ref(question), members, "");
                let answered = Answers(reading.take());
                if !answered.is_empty() {
                    answers.push(ClassificationAnswer { class: class.clone(), answers: answered });
                }
            }
        }
        reading.finish(Answers(answers))
    }
}

/// Asks for attributes of one object: an object with a member for each.
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
    /// Asks for these attributes and what is below their options. They may themselves be below options that are chosen
    /// already. Left out are those that cannot be asked, as by [`ClassificationSchema::new`].
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
        writing::object(None, &writing::members(&self.questions))
    }

    fn parse(&self, answer: &str) -> Result<AttributeAnswers, AnswerError> {
        let (value, mut reading) = (json(answer)?, Reading::default());
        if let Some(members) = reading.object(&value, "", &keys(&self.questions)) {
            reading.questions(&self.questions, members, "");
        }
        let answers = Answers(reading.take());
        reading.finish(answers)
    }
}

/// Asks which class an object is of, and for its attributes: `{"choice": ...}`, as of a radio with a class for each option.
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
    classes: Vec<Asked>,
}

impl ObjectSchema {
    /// Asks for one of these classes; those that are archived are left out.
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
        writing::object(None, &[("choice", writing::choice(&self.classes))])
    }

    fn parse(&self, answer: &str) -> Result<ObjectAnswer, AnswerError> {
        let (value, mut reading) = (json(answer)?, Reading::default());
        let mut class = String::new();
        let members = reading.object(&value, "", &["choice"]);
        if let Some(value) = members.and_then(|members| reading.member(members, "", "choice"))
            && let Some(chosen) = reading.choice(&self.classes, value, "choice")
        {
            class.clone_from(&chosen.feature_hash);
            reading.chosen(chosen, value, "choice");
        }
        let answers = Answers(reading.take());
        reading.finish(ObjectAnswer { class, answers })
    }
}

fn keys(questions: &[Question]) -> Vec<&str> {
    questions.iter().map(|question| question.key.as_str()).collect()
}
