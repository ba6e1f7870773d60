//! Classifications of a class of the build's ontology.

use crate::labels::{Classification, ClassificationEdit, Classify, EditError, LabelRow, ReadError};

use super::answers::{AnswerReader, Answers};
use super::new_answers::NewAnswers;
use super::object::match_class;
use super::typed_class::TypedClass;

/// A classification class as a type of `ontology!`: the answer to its attribute.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a classification of an ontology",
    label = "not a classification",
    note = "`ontology!(\"ontology.json\")` generates a type for each classification class of the file, such as `Scene::Indoors`; `row.classify(\"Scene\", \"Indoors\")` takes text"
)]
pub trait ClassificationType: Sized {
    /// The class.
    const CLASS: TypedClass;
    /// Feature hash of the class.
    const FEATURE_HASH: &'static str = Self::CLASS.feature_hash();
    /// Title of the class.
    const TITLE: &'static str = Self::CLASS.title();

    /// Reads the answer.
    fn read(answers: AnswerReader<'_>) -> Option<Self>;

    /// Adds the answer.
    fn write(&self, answers: &mut NewAnswers);
}

fn written<T: ClassificationType>(value: &T) -> NewAnswers {
    let mut answers = NewAnswers::default();
    value.write(&mut answers);
    answers
}

impl LabelRow {
    /// Reads the classifications of a class of `ontology!`, each with its answer. The answer is `None` if there is none, or one of
    /// another type.
    ///
    /// # Errors
    /// The class has changed since the build.
    pub fn classifications_as<T: ClassificationType>(&self) -> Result<Vec<(Classification<'_>, Option<T>)>, ReadError> {
        let matched = match_class(T::CLASS, self.ontology())?;
        let own = self.classifications().filter(|found| *found.feature_hash() == matched.class);
        let read = |found: Classification<'_>| T::read(Answers::from_classification(&found, &matched).reader());
        Ok(own.map(|found| (found, read(found))).collect())
    }

    /// Begins a new classification of a class of `ontology!`: `row.classify_as(Scene::Outdoors).on(0..=9)?`.
    #[expect(clippy::needless_pass_by_value, reason = "an answer is given away, as in `classify`")]
    pub fn classify_as<T: ClassificationType>(&mut self, answer: T) -> Classify<'_> {
        match match_class(T::CLASS, self.ontology()) {
            Ok(matched) => {
                let answers = written(&answer).of_new_label(&matched).collect();
                Classify::with_answers(self, matched.class.as_str(), answers)
            }
            Err(changed) => Classify::failed(self, changed),
        }
    }
}

impl<'r> ClassificationEdit<'r> {
    /// Sets the answer of a classification of a class of `ontology!`: `row.edit_classification(hash)?.set_as(Scene::Outdoors)?`.
    ///
    /// # Errors
    /// The classification is of another class, or the class has changed since the build.
    #[expect(clippy::needless_pass_by_value, reason = "an answer is given away, as in `set`")]
    pub fn set_as<T: ClassificationType>(self, answer: T) -> Result<Self, EditError> {
        let matched = match_class(T::CLASS, self.row.ontology())?;
        if *self.classification().feature_hash() != matched.class {
            let (class, key) = (T::TITLE.to_owned(), self.hash().to_string());
            return Err(EditError::OtherClassification { hash: key, wanted: class });
        }
        written(&answer).write_to_classification(self, &matched)
    }
}
