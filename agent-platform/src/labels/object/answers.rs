//! Entries of objects in `object_answers` and `object_actions`.

use crate::hash::{FeatureHash, ObjectHash};
use crate::json::{NodeId, Tree, unsigned};
use crate::labels::answer::{AnswerInput, dynamic, fit, resolve_attribute, statics};
use crate::labels::error::{EditError, ReadError};
use crate::labels::index::{Idx, ObjectRecord, Place};
use crate::labels::new_entry::{ObjectActionsEntry, ObjectAnswersEntry, to_json};
use crate::labels::ranges::Ranges;
use crate::labels::row::LabelRow;
use crate::ontology::{Attribute, ObjectClass, Ontology};

/// An attribute of a class of objects.
pub(crate) fn attribute_of<'o>(
    ontology: &'o Ontology,
    class: &'o ObjectClass,
    key: &str,
) -> Result<&'o Attribute, EditError> {
    let found = resolve_attribute(ontology, class.feature_hash().as_str(), class.attributes(), key);
    found.ok_or_else(|| EditError::UnknownAttribute { class: class.name().to_owned(), key: key.to_owned() })
}

impl LabelRow {
    /// The hash of an object, unless an earlier call of the same edit deleted it.
    fn hash_of_live(&self, object: Idx<ObjectRecord>) -> Result<ObjectHash, EditError> {
        let hash = self.index.object(object).hash.clone();
        if self.index.object_id(hash.as_str()) == Some(object) {
            return Ok(hash);
        }
        Err(ReadError::NoObject { hash }.into())
    }

    /// The entry of an object in `object_answers`. Adds it if it is missing.
    pub(crate) fn answers_entry(&mut self, object: Idx<ObjectRecord>) -> Result<NodeId, EditError> {
        if let Some(node) = self.index.object(object).answers {
            return Ok(node);
        }
        let hash = self.hash_of_live(object)?;
        let text = to_json(&ObjectAnswersEntry::new(hash.as_str()));
        let node = self.append_answers("object_answers", hash.as_str(), &text)?;
        self.index.object_mut(object).answers = Some(node);
        Ok(node)
    }

    /// The entry of an object in `object_actions`. Adds it if it is missing.
    pub(crate) fn actions_entry(&mut self, object: Idx<ObjectRecord>) -> Result<NodeId, EditError> {
        if let Some(node) = self.index.object(object).actions {
            return Ok(node);
        }
        let hash = self.hash_of_live(object)?;
        let text = to_json(&ObjectActionsEntry::new(hash.as_str()));
        let node = self.append_answers("object_actions", hash.as_str(), &text)?;
        self.index.object_mut(object).actions = Some(node);
        Ok(node)
    }

    /// An attribute below an option needs that option.
    fn check_parent(&self, object: Idx<ObjectRecord>, attribute: &Attribute) -> Result<(), EditError> {
        let Some(option) = attribute.parent_option() else { return Ok(()) };
        let record = self.index.object(object);
        let chosen = |node: Option<NodeId>, list| {
            node.is_some_and(|node| statics::is_chosen(self.tree.text(node), list, option.as_str()))
        };
        if chosen(record.answers, "classifications") || chosen(record.actions, "actions") {
            return Ok(());
        }
        Err(EditError::ParentNotChosen { attribute: attribute.name().to_owned() })
    }

    /// The frames an object is on, everywhere.
    fn frames_of_object(&self, object: Idx<ObjectRecord>) -> Ranges {
        let record = self.index.object(object);
        if record.placed == 0 {
            let text = record.answers.and_then(|node| crate::json::member(self.tree.text(node), "range"));
            return text.and_then(Ranges::parse).unwrap_or_default();
        }
        self.index.placements(&self.tree, object).map(|placement| self.index.blob(placement.blob).frame).collect()
    }

    pub(crate) fn answer_object(
        &mut self,
        object: Idx<ObjectRecord>,
        place: Place,
        key: &str,
        input: AnswerInput,
        frames: Option<&Ranges>,
    ) -> Result<(), EditError> {
        let ontology = self.ontology.clone();
        let class_hash = self.class_of(object)?;
        let class = ontology.object(&class_hash).ok_or(EditError::UnknownClass { key: class_hash.to_string() })?;
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

    pub(crate) fn clear_object_answer(
        &mut self,
        object: Idx<ObjectRecord>,
        key: &str,
        frames: Option<&Ranges>,
    ) -> Result<(), EditError> {
        let ontology = self.ontology.clone();
        let class_hash = self.class_of(object)?;
        let class = ontology.object(&class_hash).ok_or(EditError::UnknownClass { key: class_hash.to_string() })?;
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

    /// Objects without dynamic answers have no entry (contract: `docs/contract/label-format.md#dynamic-answers`).
    fn drop_empty_actions(&mut self, object: Idx<ObjectRecord>) -> Result<(), EditError> {
        let Some(node) = self.index.object(object).actions else { return Ok(()) };
        let mut entry = Tree::parse(self.tree.text(node))?;
        if let Some(list) = entry.member(Tree::ROOT, "actions") {
            entry.expand(list)?;
        }
        if dynamic::is_empty(&entry) {
            self.tree.remove(node);
            self.index.object_mut(object).actions = None;
        }
        Ok(())
    }

    /// Numbers are unique within a class (contract: `docs/contract/label-format.md#object-answers`).
    pub(crate) fn set_object_number(&mut self, object: Idx<ObjectRecord>, number: u64) -> Result<(), EditError> {
        let feature = self.index.object(object).feature;
        self.check_number(feature, number, Some(object))?;
        let node = self.answers_entry(object)?;
        self.edit_unsigned(node, |entry| {
            entry.set(Tree::ROOT, "objectNumber", &number.to_string())?;
            Ok(())
        })
    }

    /// Rejects an object number that another object of the class has.
    pub(crate) fn check_number(
        &self,
        feature: Option<Idx<FeatureHash>>,
        number: u64,
        but: Option<Idx<ObjectRecord>>,
    ) -> Result<(), EditError> {
        let taken = self.index.live_objects().filter(|id| Some(*id) != but).any(|id| {
            let record = self.index.object(id);
            let text = || record.answers.and_then(|node| crate::json::member(self.tree.text(node), "objectNumber"));
            record.feature == feature && text().and_then(unsigned) == Some(number)
        });
        if !taken {
            return Ok(());
        }
        let class = self.index.feature(feature).and_then(|hash| self.ontology.object(hash));
        Err(EditError::NumberTaken { number, class: class.map_or("", ObjectClass::name).to_owned() })
    }
}
