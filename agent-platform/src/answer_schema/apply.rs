//! Applying answers to a label row, all or nothing.

use crate::hash::{AsHash, ClassificationHash, ObjectHash};
use crate::labels::{AddObject, EditError, IntoRanges, LabelRow};
use crate::ontology::{Attribute, ClassificationClass};

use super::answers::{AttributeAnswers, ClassificationAnswers, ObjectAnswer};

impl ClassificationAnswers {
    /// Adds the classifications on these frames, counted from 0, and returns their classification hashes. Global
    /// classes apply to the whole file, and so do all classes if `frames` is empty.
    ///
    /// # Errors
    /// See [`Classify::on`](crate::labels::Classify::on): for example, the classification already exists, or a frame is
    /// out of range. The row is then unchanged.
    pub fn classify(&self, row: &mut LabelRow, frames: impl IntoRanges) -> Result<Vec<ClassificationHash>, EditError> {
        let frames = frames.into_ranges();
        atomically(row, |row| {
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
                added.push(new.hash().clone());
            }
            Ok(added)
        })
    }
}

impl AttributeAnswers {
    /// Sets the attributes of an object. Dynamic attributes are set on these frames, counted from 0, or on all frames
    /// of the object if `frames` is empty.
    ///
    /// # Errors
    /// The object does not exist, an attribute belongs to another class or to an option that is not chosen, or a frame
    /// is out of range. The row is then unchanged.
    pub fn answer(
        &self,
        row: &mut LabelRow,
        object: impl AsHash<ObjectHash>,
        frames: impl IntoRanges,
    ) -> Result<(), EditError> {
        let (object, frames) = (object.as_hash(), frames.into_ranges());
        atomically(row, |row| {
            for answer in self {
                let attribute = row.ontology().attribute(&answer.feature_hash);
                let on_some = !frames.is_empty() && attribute.is_some_and(Attribute::is_dynamic);
                let (edit, answered) = (row.edit(&object)?, answer.answer.clone());
                if on_some {
                    edit.answer_on(answer.feature_hash.as_str(), answered, frames.clone())?;
                } else {
                    edit.answer(answer.feature_hash.as_str(), answered)?;
                }
            }
            Ok(())
        })
    }
}

impl ObjectAnswer {
    /// Starts adding an object of the class with the answers. Coordinates must follow:
    /// `answer.add(&mut row).bounding_box(0.1, 0.1, 0.2, 0.2).on(frame)?`.
    pub fn add<'r>(&self, row: &'r mut LabelRow) -> AddObject<'r> {
        let new = row.add(&self.class);
        self.answers.iter().fold(new, |new, answer| new.answer(&answer.feature_hash, answer.answer.clone()))
    }
}

/// Applies several edits atomically. The edits go to a copy-on-write clone, which replaces the row on success.
fn atomically<T>(row: &mut LabelRow, edit: impl FnOnce(&mut LabelRow) -> Result<T, EditError>) -> Result<T, EditError> {
    let mut edited = row.clone();
    let done = edit(&mut edited)?;
    *row = edited;
    Ok(done)
}
