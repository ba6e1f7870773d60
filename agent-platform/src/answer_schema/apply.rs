//! Answers as edits of a label row: all of them, or none.

use crate::labels::{AddObject, EditError, LabelRow, Ranges};
use crate::ontology::{Attribute, ClassificationClass};

use super::answers::{AttributeAnswers, ClassificationAnswers, ObjectAnswer};

impl ClassificationAnswers {
    /// Adds the classifications, on these frames from 0; those of global classes, and all if there are no frames, on the
    /// whole file. Gives their classification hashes.
    ///
    /// # Errors
    /// As [`Classify::on`](crate::labels::Classify::on): a class that is there already, a frame that the media does not have.
    /// The row is as it was then.
    pub fn classify(&self, row: &mut LabelRow, frames: impl Into<Ranges>) -> Result<Vec<String>, EditError> {
        let frames = frames.into();
        at_once(row, |row| {
            let mut added = Vec::new();
            for classification in self {
                let class = &classification.class;
                let mut answers = classification.answers.iter();
                let Some(first) = answers.next() else { continue };
                let on_all = frames.is_empty()
                    || row.ontology().classification(class).is_some_and(ClassificationClass::is_global);
                let new = row.classify(class, first.answer.clone());
                let new = answers.fold(new, |new, more| new.answer(&more.feature_hash, more.answer.clone()));
                let new = if on_all { new.on_all()? } else { new.on(frames.clone())? };
                added.push(new.hash().to_owned());
            }
            Ok(added)
        })
    }
}

impl AttributeAnswers {
    /// Answers the attributes of an object. Dynamic attributes are answered on these frames from 0, or on all that the object
    /// is on if there are none.
    ///
    /// # Errors
    /// No such object, an attribute of another class, one below an option that is not chosen, or frames that the media does
    /// not have. The row is as it was then.
    pub fn answer(&self, row: &mut LabelRow, object_hash: &str, frames: impl Into<Ranges>) -> Result<(), EditError> {
        let frames = frames.into();
        at_once(row, |row| {
            for answer in self {
                let attribute = row.ontology().attribute(&answer.feature_hash);
                let on_some = !frames.is_empty() && attribute.is_some_and(Attribute::is_dynamic);
                let (edit, answered) = (row.edit(object_hash)?, answer.answer.clone());
                if on_some {
                    edit.answer_on(&answer.feature_hash, answered, frames.clone())?;
                } else {
                    edit.answer(&answer.feature_hash, answered)?;
                }
            }
            Ok(())
        })
    }
}

impl ObjectAnswer {
    /// A new object of the class with the answers, which still needs coordinates:
    /// `answer.add(&mut row).bounding_box(0.1, 0.1, 0.2, 0.2).on(frame)?`.
    pub fn add<'r>(&self, row: &'r mut LabelRow) -> AddObject<'r> {
        let new = row.add(&self.class);
        self.answers.iter().fold(new, |new, answer| new.answer(&answer.feature_hash, answer.answer.clone()))
    }
}

/// Several edits as one: the copy, which shares what it does not change, takes the row's place at the end.
fn at_once<T>(row: &mut LabelRow, edit: impl FnOnce(&mut LabelRow) -> Result<T, EditError>) -> Result<T, EditError> {
    let mut edited = row.clone();
    let done = edit(&mut edited)?;
    *row = edited;
    Ok(done)
}
