//! New classifications.

use crate::hash::ClassificationHash;
use crate::json::Tree;
use crate::labels::answer::{AnswerInput, IntoAnswer, fit, statics};
use crate::labels::error::{EditError, ReadError};
use crate::labels::new_entry::{ClassificationEntry, to_json};
use crate::labels::provenance::{Provenance, provenance_setters};
use crate::labels::ranges::{IntoRanges, Ranges};
use crate::labels::row::LabelRow;
use crate::ontology::{ClassificationClass, Ontology};

use super::edit::{ClassificationEdit, attribute_of};

/// A classification that is about to be added; see [`LabelRow::classify`]. Nothing happens before [`Self::on`] or
/// [`Self::on_all`] places it.
#[derive(Debug)]
#[must_use = "the classification is added when it is placed, with `.on(frames)` or `.on_all()`"]
pub struct Classify<'r> {
    row: &'r mut LabelRow,
    class: String,
    answers: Vec<(Option<String>, AnswerInput)>,
    space: Option<String>,
    hash: Option<ClassificationHash>,
    provenance: Provenance,
    failure: Option<ReadError>,
}

provenance_setters!(Classify, ClassificationHash);

impl<'r> Classify<'r> {
    pub(crate) fn new(row: &'r mut LabelRow, class: &str, answer: AnswerInput) -> Self {
        Self { answers: vec![(None, answer)], ..Self::with_answers(row, class, Vec::new()) }
    }

    /// Creates a classification with answers to these attributes, by feature hash.
    pub(crate) fn with_answers(row: &'r mut LabelRow, class: &str, answers: Vec<(String, AnswerInput)>) -> Self {
        let answers = answers.into_iter().map(|(attribute, answer)| (Some(attribute), answer)).collect();
        let (class, provenance) = (class.to_owned(), Provenance::default());
        Self { row, class, answers, space: None, hash: None, provenance, failure: None }
    }

    /// Creates a classification that cannot be placed.
    pub(crate) fn failed(row: &'r mut LabelRow, failure: ReadError) -> Self {
        Self { failure: Some(failure), ..Self::with_answers(row, "", Vec::new()) }
    }

    /// With an answer to another attribute, by name or feature hash: one below the option that was chosen.
    pub fn answer(mut self, attribute: impl AsRef<str>, answer: impl IntoAnswer) -> Self {
        self.answers.push((Some(attribute.as_ref().to_owned()), answer.into_answer()));
        self
    }

    /// Places it on frames, from 0.
    ///
    /// # Errors
    /// An unknown class, an answer that does not fit, frames that the media does not have, or frames that another
    /// classification of the class is on.
    pub fn on(self, frames: impl IntoRanges) -> Result<ClassificationEdit<'r>, EditError> {
        let frames = frames.into_ranges();
        if frames.is_empty() { Err(EditError::NoRange) } else { self.place(&frames) }
    }

    /// Places it on the whole file: for global classes, sounds, texts and the like.
    ///
    /// # Errors
    /// As [`Self::on`], and a class that is about frames.
    pub fn on_all(self) -> Result<ClassificationEdit<'r>, EditError> {
        self.place(&Ranges::none())
    }

    fn place(mut self, frames: &Ranges) -> Result<ClassificationEdit<'r>, EditError> {
        self.failure.take().map_or(Ok(()), Err)?;
        self.provenance.check()?;
        let ontology = self.row.ontology.clone();
        let class = ontology.classification(&self.class);
        let class = class.ok_or_else(|| EditError::UnknownClass { key: self.class.clone() })?;
        let place = self.row.place_or_refuse(self.space.as_deref())?;
        self.row.check_classified(class, place, frames)?;
        let feature = Some(self.row.index.feature_named(class.feature_hash().as_str()));
        self.row.check_free(feature, place, frames, None, class.is_global(), class.name())?;
        let hash: ClassificationHash = self.row.free_hash(self.hash.take())?;
        let entry = self.entry(hash.as_str(), class, &ontology)?;
        let row = self.row;
        let node = row.append_answers("classification_answers", hash.as_str(), &entry)?;
        let id = row.index.classification_named(hash.as_str());
        let record = row.index.classification_mut(id);
        (record.answers, record.feature) = (Some(node), feature);
        row.write_ranges(id, place, frames)?;
        row.occupy(id);
        Ok(ClassificationEdit { row, id, place })
    }

    fn entry(&self, hash: &str, class: &ClassificationClass, ontology: &Ontology) -> Result<String, EditError> {
        let (now, provenance) = (self.row.now().to_string(), self.row.signed(&self.provenance));
        let text = to_json(&ClassificationEntry::new(hash, class.feature_hash().as_str(), &now, &provenance));
        let mut entry = Tree::parse(&text)?;
        for (key, input) in &self.answers {
            let attribute = attribute_of(ontology, class, key.as_deref())?;
            let answer = fit(attribute, input.clone())?;
            statics::set_if_asked(ontology, &mut entry, attribute, &answer, false)?;
        }
        Ok(entry.render(Tree::ROOT))
    }
}
