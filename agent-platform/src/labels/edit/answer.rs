//! Answering the attributes of an object.

use crate::json::Tree;
use crate::labels::error::EditError;
use crate::labels::ranges::Ranges;
use crate::labels::row::LabelRow;
use crate::labels::view::resolve_attribute;
use crate::ontology::{Attribute, ObjectClass, Ontology};

use super::input::{AnswerInput, fit};
use super::object::ObjectEdit;
use super::statics::is_chosen;
use super::{dynamic, statics};

/// An attribute of a class of objects.
pub(super) fn attribute_of<'o>(
    ontology: &'o Ontology,
    class: &'o ObjectClass,
    key: &str,
) -> Result<&'o Attribute, EditError> {
    let found = resolve_attribute(ontology, class.feature_hash(), class.attributes(), key);
    found.ok_or_else(|| EditError::UnknownAttribute { class: class.name().to_owned(), key: key.to_owned() })
}

impl LabelRow {
    pub(super) fn class_of(&self, object: u32) -> Result<String, EditError> {
        let feature = self.index.feature(self.index.object(object).feature).unwrap_or_default();
        match self.ontology.object(feature).filter(|class| class.feature_hash() == feature) {
            Some(class) => Ok(class.feature_hash().to_owned()),
            None => Err(EditError::UnknownClass { key: feature.to_owned() }),
        }
    }

    /// An attribute below an option needs that option.
    fn check_parent(&self, object: u32, attribute: &Attribute) -> Result<(), EditError> {
        let Some(option) = attribute.parent_option() else { return Ok(()) };
        let record = self.index.object(object);
        let chosen = |node: Option<crate::json::NodeId>, list| {
            node.is_some_and(|node| is_chosen(self.tree.text(node), list, option))
        };
        if chosen(record.answers, "classifications") || chosen(record.actions, "actions") {
            return Ok(());
        }
        Err(EditError::ParentNotChosen { attribute: attribute.name().to_owned() })
    }

    /// The frames an object is on, everywhere.
    fn frames_of_object(&self, object: u32) -> Ranges {
        let record = self.index.object(object);
        if record.placed == 0 {
            let text = record.answers.and_then(|node| crate::json::member(self.tree.text(node), "range"));
            return text.and_then(Ranges::parse).unwrap_or_default();
        }
        self.index.placements(&self.tree, object).map(|placement| self.index.blob(placement.blob).frame).collect()
    }

    pub(super) fn answer_object(
        &mut self,
        object: u32,
        place: u32,
        key: &str,
        input: AnswerInput,
        frames: Option<&Ranges>,
    ) -> Result<(), EditError> {
        let ontology = self.ontology.clone();
        let class_hash = self.class_of(object)?;
        let class = ontology.object(&class_hash).ok_or(EditError::UnknownClass { key: class_hash.clone() })?;
        let attribute = attribute_of(&ontology, class, key)?;
        let answer = fit(attribute, input)?;
        self.check_parent(object, attribute)?;
        if !attribute.is_dynamic() {
            if frames.is_some() {
                return Err(EditError::NotDynamic { attribute: attribute.name().to_owned() });
            }
            let node = self.answers_entry(object)?;
            return self.edit_unsigned(node, |entry| statics::set(&ontology, entry, attribute, &answer, true));
        }
        let frames = frames.cloned().unwrap_or_else(|| self.frames_of_object(object));
        let Some(last) = frames.last() else { return Err(EditError::NoRange) };
        self.check_frame(place, last)?;
        let node = self.actions_entry(object)?;
        self.edit_unsigned(node, |entry| dynamic::set(entry, attribute, &answer, &frames))?;
        self.drop_empty_actions(object)
    }

    pub(super) fn clear_object_answer(
        &mut self,
        object: u32,
        key: &str,
        frames: Option<&Ranges>,
    ) -> Result<(), EditError> {
        let ontology = self.ontology.clone();
        let class_hash = self.class_of(object)?;
        let class = ontology.object(&class_hash).ok_or(EditError::UnknownClass { key: class_hash.clone() })?;
        let attribute = attribute_of(&ontology, class, key)?;
        if frames.is_some() && !attribute.is_dynamic() {
            return Err(EditError::NotDynamic { attribute: attribute.name().to_owned() });
        }
        if let Some(node) = self.index.object(object).actions {
            self.edit_unsigned(node, |entry| dynamic::clear(entry, attribute, frames))?;
            self.drop_empty_actions(object)?;
        }
        match self.index.object(object).answers {
            Some(node) if frames.is_none() => self.edit_unsigned(node, |entry| statics::clear(entry, attribute)),
            _ => Ok(()),
        }
    }

    /// Objects without dynamic answers have no entry (contract: `label-format.md`, section 7.4).
    fn drop_empty_actions(&mut self, object: u32) -> Result<(), EditError> {
        let Some(node) = self.index.object(object).actions else { return Ok(()) };
        let mut entry = Tree::of(self.tree.text(node))?;
        if let Some(list) = entry.member(Tree::ROOT, "actions") {
            entry.expand(list)?;
        }
        if dynamic::is_empty(&entry) {
            self.tree.remove(node);
            self.index.object_mut(object).actions = None;
        }
        Ok(())
    }
}

impl ObjectEdit<'_> {
    /// Answers an attribute, by name or feature hash: `.answer("Colour", "Red")`.
    ///
    /// A dynamic attribute is answered on all frames that the object is on; see [`Self::answer_on`].
    ///
    /// # Errors
    /// No such attribute, an answer of another type, an option that it does not have, or an attribute below an option that
    /// is not chosen.
    pub fn answer(self, attribute: &str, answer: impl Into<AnswerInput>) -> Result<Self, EditError> {
        self.row.answer_object(self.id, self.place, attribute, answer.into(), None)?;
        Ok(self)
    }

    /// Answers a dynamic attribute on some frames: `.answer_on("Occluded", "Yes", 3..=9)`. Its answers elsewhere stay.
    ///
    /// # Errors
    /// As [`Self::answer`], and an attribute that is not dynamic, no frames, or frames that the media does not have.
    pub fn answer_on(
        self,
        attribute: &str,
        answer: impl Into<AnswerInput>,
        frames: impl Into<Ranges>,
    ) -> Result<Self, EditError> {
        self.row.answer_object(self.id, self.place, attribute, answer.into(), Some(&frames.into()))?;
        Ok(self)
    }

    /// Takes the answers to an attribute out, static and dynamic.
    ///
    /// # Errors
    /// No such attribute.
    pub fn clear_answer(self, attribute: &str) -> Result<Self, EditError> {
        self.row.clear_object_answer(self.id, attribute, None)?;
        Ok(self)
    }

    /// Takes the answers to a dynamic attribute out on some frames.
    ///
    /// # Errors
    /// No such attribute, or one that is not dynamic.
    pub fn clear_answer_on(self, attribute: &str, frames: impl Into<Ranges>) -> Result<Self, EditError> {
        self.row.clear_object_answer(self.id, attribute, Some(&frames.into()))?;
        Ok(self)
    }
}
