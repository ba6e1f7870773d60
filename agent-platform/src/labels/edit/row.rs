//! Where edits of a label row start.

use crate::labels::error::{EditError, ReadError};
use crate::labels::index::ROOT;
use crate::labels::row::LabelRow;

use super::add::AddObject;
use super::bounds::Bounds;
use super::classification::ClassificationEdit;
use super::classify::Classify;
use super::input::AnswerInput;
use super::object::ObjectEdit;

impl LabelRow {
    /// A new object of a class, by title or feature hash: `row.add("Car").bounding_box(0.1, 0.1, 0.2, 0.2).on(frame)?`.
    pub fn add(&mut self, class: impl AsRef<str>) -> AddObject<'_> {
        AddObject::new(self, class.as_ref())
    }

    /// Edits an object: `row.edit(hash)?.answer("Colour", "Red")?`.
    ///
    /// # Errors
    /// There is no such object.
    pub fn edit(&mut self, object_hash: &str) -> Result<ObjectEdit<'_>, ReadError> {
        let id = self.object_id(object_hash)?;
        Ok(ObjectEdit { row: self, id, place: ROOT, bounds: Bounds::default() })
    }

    /// Deletes an object: from every frame and space, with its answers.
    ///
    /// # Errors
    /// There is no such object.
    pub fn delete(&mut self, object_hash: &str) -> Result<(), ReadError> {
        let id = self.object_id(object_hash)?;
        self.delete_object(id);
        Ok(())
    }

    /// A new classification of a class, by title or feature hash, with the answer to its first attribute:
    /// `row.classify("Weather", "Sunny").on(0..=9)?`.
    pub fn classify(&mut self, class: impl AsRef<str>, answer: impl Into<AnswerInput>) -> Classify<'_> {
        Classify::new(self, class.as_ref(), answer.into())
    }

    /// Edits a classification: `row.edit_classification(hash)?.answer("Weather", "Rainy")?`.
    ///
    /// # Errors
    /// There is no such classification.
    pub fn edit_classification(&mut self, classification_hash: &str) -> Result<ClassificationEdit<'_>, ReadError> {
        let id = self.classification(classification_hash)?.id;
        Ok(ClassificationEdit { row: self, id, place: ROOT })
    }

    /// Deletes a classification: from every frame and space, with its answers.
    ///
    /// # Errors
    /// There is no such classification.
    pub fn delete_classification(&mut self, classification_hash: &str) -> Result<(), ReadError> {
        let id = self.classification(classification_hash)?.id;
        self.delete_classification_record(id);
        Ok(())
    }

    /// Writes the frames of each classification of the older generation into its answer, where newer clients look for
    /// them; saved without, they would drop it (contract: `label-format.md`, section 8). Gives how many there were.
    ///
    /// # Errors
    /// More than fits a label row.
    pub fn upgrade_classifications(&mut self) -> Result<usize, EditError> {
        let all: Vec<u32> = self.index.live_classifications().collect();
        let mut upgraded = 0;
        for id in all {
            let before = self.index.classification(id).answers.map(|node| self.tree.text(node).to_owned());
            self.write_back(id)?;
            let after = self.index.classification(id).answers.map(|node| self.tree.text(node));
            upgraded += usize::from(before.as_deref() != after);
        }
        Ok(upgraded)
    }
}
