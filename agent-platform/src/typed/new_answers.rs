//! Answers to be written.

use std::borrow::Cow;

use crate::labels::{AnswerInput, AnswerValue, ClassificationEdit, EditError, ObjectEdit, Ranges};
use crate::ontology::ClassMatch;

/// Answers to be written, by the feature hashes of the build: each before those nested below it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NewAnswers(Vec<(Cow<'static, str>, Option<AnswerInput>)>);

impl NewAnswers {
    pub(super) fn push(&mut self, attribute: impl Into<Cow<'static, str>>, answer: Option<AnswerInput>) {
        self.0.push((attribute.into(), answer));
    }

    /// Adds chosen options, in front of the answers that `options` adds.
    pub(super) fn with_nested(&mut self, attribute: &'static str, options: impl FnOnce(&mut Self) -> Vec<String>) {
        let position = self.0.len();
        self.push(attribute, None);
        let options = options(self);
        if let Some((_, answer)) = self.0.get_mut(position) {
            *answer = Some(AnswerInput::Options(options));
        }
    }

    /// Removes earlier answers to an attribute.
    pub(super) fn forget(&mut self, attribute: &str) {
        self.0.retain(|(own, _)| own != attribute);
    }

    /// Returns the answers by the feature hashes of the project.
    pub(super) fn in_project(&self, matched: &ClassMatch) -> Vec<(String, Option<AnswerInput>)> {
        let translate = |answer: &AnswerInput| match answer {
            AnswerInput::Options(options) => {
                AnswerInput::Options(options.iter().map(|option| matched.to_project(option).to_owned()).collect())
            }
            other => other.clone(),
        };
        let answers = self.0.iter();
        answers
            .map(|(attribute, answer)| (matched.to_project(attribute).to_owned(), answer.as_ref().map(translate)))
            .collect()
    }

    /// Returns the answers of a new label.
    pub(super) fn of_new_label(&self, matched: &ClassMatch) -> impl Iterator<Item = (String, AnswerInput)> {
        self.in_project(matched).into_iter().filter_map(|(attribute, answer)| Some((attribute, answer?)))
    }

    /// Writes the answers of an object. `frames` are those of the first answer.
    pub(super) fn write_to<'r>(
        &self,
        mut edit: ObjectEdit<'r>,
        matched: &ClassMatch,
        frames: Option<&Ranges>,
    ) -> Result<ObjectEdit<'r>, EditError> {
        let mut frames = frames;
        for (attribute, answer) in self.in_project(matched) {
            edit = match (answer, frames.take()) {
                (Some(answer), Some(frames)) => edit.answer_on(attribute, answer, frames.clone())?,
                (Some(answer), None) => edit.answer(attribute, answer)?,
                (None, _) if is_readable(edit.object().answer(&attribute)) => edit.clear_answer(attribute)?,
                (None, _) => edit,
            };
        }
        Ok(edit)
    }

    /// Writes the answers of a classification.
    pub(super) fn write_to_classification<'r>(
        &self,
        mut edit: ClassificationEdit<'r>,
        matched: &ClassMatch,
    ) -> Result<ClassificationEdit<'r>, EditError> {
        for (attribute, answer) in self.in_project(matched) {
            edit = match answer {
                Some(answer) => edit.answer(attribute, answer)?,
                None if is_readable(edit.classification().answer(&attribute)) => edit.clear_answer(attribute)?,
                None => edit,
            };
        }
        Ok(edit)
    }
}

/// Returns `true` for an answer that the types show, so that its absence in a written value means that it was removed.
fn is_readable(answer: Option<AnswerValue>) -> bool {
    answer.is_some_and(|answer| !matches!(answer, AnswerValue::Unknown(_)))
}
