//! Edits of a classification.

use crate::hash::{ClassificationHash, FeatureHash};
use crate::json::{NodeId, Tree, is_array, is_object, member, members, quote};
use crate::labels::answer::{AnswerInput, IntoAnswer, fit, resolve_attribute, statics};
use crate::labels::entry::drop_space;
use crate::labels::error::EditError;
use crate::labels::index::{ClassificationRecord, Idx, Place, Placement, ROOT};
use crate::labels::media::Placing;
use crate::labels::new_entry::{BareClassificationEntry, RangeKind, SpaceMention, confidence_json, to_json};
use crate::labels::provenance::check_confidence;
use crate::labels::ranges::{IntoRanges, Ranges};
use crate::labels::row::LabelRow;
use crate::ontology::{Attribute, ClassificationClass, Ontology};

use super::view::Classification;

/// A classification that is being edited; see [`LabelRow::edit_classification`]. Calls can be chained, and act outside
/// spaces unless [`Self::in_space`] says otherwise.
#[derive(Debug)]
pub struct ClassificationEdit<'r> {
    pub(crate) row: &'r mut LabelRow,
    pub(crate) id: Idx<ClassificationRecord>,
    pub(crate) place: Place,
}

impl ClassificationEdit<'_> {
    /// The classification hash.
    #[must_use]
    pub fn hash(&self) -> &ClassificationHash {
        &self.row.index.classification(self.id).hash
    }

    /// The classification, to be read.
    #[must_use]
    pub fn classification(&self) -> Classification<'_> {
        Classification { row: self.row, id: self.id }
    }

    /// Selects a space for the calls that follow.
    ///
    /// # Errors
    /// There is no such space.
    pub fn in_space(mut self, id: &str) -> Result<Self, EditError> {
        self.place = self.row.place_or_refuse(Some(id))?;
        Ok(self)
    }

    /// Answers an attribute, by name or feature hash: `.answer("Weather", "Rainy")`.
    ///
    /// # Errors
    /// No such attribute, an answer of another type, an option that it does not have, or an attribute below an option that
    /// is not chosen.
    pub fn answer(self, attribute: impl AsRef<str>, answer: impl IntoAnswer) -> Result<Self, EditError> {
        self.row.answer_classification(self.id, Some(attribute.as_ref()), Some(answer.into_answer()))?;
        Ok(self)
    }

    /// Answers the first attribute.
    ///
    /// # Errors
    /// As [`Self::answer`].
    pub fn set(self, answer: impl IntoAnswer) -> Result<Self, EditError> {
        self.row.answer_classification(self.id, None, Some(answer.into_answer()))?;
        Ok(self)
    }

    /// Takes the answer to an attribute out.
    ///
    /// # Errors
    /// No such attribute.
    pub fn clear_answer(self, attribute: impl AsRef<str>) -> Result<Self, EditError> {
        self.row.answer_classification(self.id, Some(attribute.as_ref()), None)?;
        Ok(self)
    }

    /// Puts it on more frames.
    ///
    /// # Errors
    /// Frames that the media does not have, or that another classification of the class is on.
    pub fn add_to(self, frames: impl IntoRanges) -> Result<Self, EditError> {
        let frames = self.row.classified_ranges(self.id, self.place).union(&frames.into_ranges());
        self.row.replace_ranges(self.id, self.place, &frames)?;
        Ok(self)
    }

    /// Puts it on these frames and no others.
    ///
    /// # Errors
    /// As [`Self::add_to`], and no frames.
    pub fn move_to(self, frames: impl IntoRanges) -> Result<Self, EditError> {
        self.row.replace_ranges(self.id, self.place, &frames.into_ranges())?;
        Ok(self)
    }

    /// Takes it off some frames. A classification that is nowhere any more is deleted.
    ///
    /// # Errors
    /// More than fits a label row.
    pub fn remove_from(self, frames: impl IntoRanges) -> Result<(), EditError> {
        self.row.unclassify(self.id, self.place, &frames.into_ranges())
    }

    /// Adds one with the same answers on other frames, and edits that.
    ///
    /// # Errors
    /// As [`Self::add_to`].
    pub fn copy_to(self, frames: impl IntoRanges) -> Result<Self, EditError> {
        let id = self.row.copy_classification(self.id, self.place, &frames.into_ranges())?;
        Ok(Self { row: self.row, id, place: self.place })
    }

    /// Sets how sure the maker is, 0 to 1.
    ///
    /// # Errors
    /// A number outside 0 to 1.
    pub fn confidence(self, confidence: f64) -> Result<Self, EditError> {
        check_confidence(confidence)?;
        let node = self.row.classification_entry(self.id)?;
        self.row.edit_entry(node, |entry| {
            entry.set(Tree::ROOT, "confidence", &confidence_json(confidence))?;
            Ok(())
        })?;
        Ok(self)
    }

    /// Deletes it: from every frame and space, with its answers.
    pub fn delete(self) {
        self.row.delete_classification_record(self.id);
    }
}

/// Returns the attribute that `key` names; without a key the first one.
///
/// # Errors
/// The class has no such attribute.
pub(crate) fn attribute_of<'o>(
    ontology: &'o Ontology,
    class: &'o ClassificationClass,
    key: Option<&str>,
) -> Result<&'o Attribute, EditError> {
    let found = match key {
        None => class.attribute(),
        Some(key) => resolve_attribute(ontology, class.feature_hash().as_str(), class.attributes(), key),
    };
    found.ok_or_else(|| EditError::UnknownAttribute {
        class: class.name().to_owned(),
        key: key.unwrap_or("(the first)").to_owned(),
    })
}

impl LabelRow {
    /// Rejects frames that a class cannot be on. No frames stand for the whole medium.
    pub(crate) fn check_classified(
        &self,
        class: &ClassificationClass,
        place: Place,
        frames: &Ranges,
    ) -> Result<(), EditError> {
        let refuse = |what: &str| {
            let what = format!("{what} of class {}", class.name());
            Err(EditError::NotOnThisMedia { media: self.medium_name(place), what })
        };
        if class.is_global() {
            return if frames.is_empty() { Ok(()) } else { refuse("classifications on single frames") };
        }
        match self.placing(place) {
            Placing::Ranges(_) | Placing::Html if !frames.is_empty() => refuse("classifications on single frames"),
            Placing::Ranges(_) | Placing::Html | Placing::Unknown => Ok(()),
            _ if frames.is_empty() && place == ROOT => Err(EditError::NoRange),
            _ => {
                let Some(last) = frames.last() else { return Ok(()) };
                self.check_frame(place, last)
            }
        }
    }

    fn classification_class(&self, id: Idx<ClassificationRecord>) -> Result<FeatureHash, EditError> {
        let feature = self.index.feature(self.index.classification(id).feature).unwrap_or(FeatureHash::none());
        match self.ontology.classification(feature) {
            Some(class) => Ok(class.feature_hash().clone()),
            None => Err(EditError::UnknownClass { key: feature.to_string() }),
        }
    }

    /// Returns the entry in `classification_answers`. Adds it if it is missing.
    pub(crate) fn classification_entry(&mut self, id: Idx<ClassificationRecord>) -> Result<NodeId, EditError> {
        if let Some(node) = self.index.classification(id).answers {
            return Ok(node);
        }
        let hash = self.index.classification(id).hash.clone();
        let text = to_json(&BareClassificationEntry::new(hash.as_str()));
        let node = self.append_answers("classification_answers", hash.as_str(), &text)?;
        self.index.classification_mut(id).answers = Some(node);
        Ok(node)
    }

    /// Adds the members that an answer of the older generation lacks: its class, and the frames that mention it.
    pub(crate) fn write_back(&mut self, id: Idx<ClassificationRecord>) -> Result<(), EditError> {
        let ranges = self.classified_ranges(id, ROOT);
        let feature = self.index.feature(self.index.classification(id).feature).map(|hash| quote(hash.as_str()));
        let node = self.classification_entry(id)?;
        let text = self.tree.text(node);
        let has_range = member(text, "range").is_some_and(is_array);
        let mut entry = Tree::parse(text)?;
        if let (None, Some(feature)) = (entry.member(Tree::ROOT, "featureHash"), feature) {
            entry.append(Tree::ROOT, Some("featureHash"), &feature)?;
        }
        let lists_none =
            has_range && member(text, "range").and_then(Ranges::parse).is_some_and(|range| range.is_empty());
        if !has_range || (lists_none && !ranges.is_empty()) {
            entry.set(Tree::ROOT, "range", &ranges.to_json())?;
        }
        let text = entry.render(Tree::ROOT);
        Ok(self.tree.replace(node, &text)?)
    }

    fn answer_classification(
        &mut self,
        id: Idx<ClassificationRecord>,
        key: Option<&str>,
        input: Option<AnswerInput>,
    ) -> Result<(), EditError> {
        let ontology = self.ontology.clone();
        let class_hash = self.classification_class(id)?;
        let class =
            ontology.classification(&class_hash).ok_or(EditError::UnknownClass { key: class_hash.to_string() })?;
        let attribute = attribute_of(&ontology, class, key)?;
        let answer = input.map(|input| fit(attribute, input)).transpose()?;
        let written = self.index.classification(id).answers.map_or("{}", |node| self.tree.text(node));
        let parent = attribute.parent_option().filter(|_| answer.is_some());
        if parent.is_some_and(|option| !statics::is_chosen(written, "classifications", option.as_str())) {
            return Err(EditError::ParentNotChosen { attribute: attribute.name().to_owned() });
        }
        let node = self.classification_entry(id)?;
        let before = self.tree.text(node).to_owned();
        self.edit_entry(node, |entry| match &answer {
            Some(answer) => statics::set(&ontology, entry, attribute, answer, false),
            None => statics::clear(entry, attribute),
        })?;
        if self.tree.text(node) == before { Ok(()) } else { self.write_back(id) }
    }

    pub(crate) fn classified_ranges(&self, id: Idx<ClassificationRecord>, place: Place) -> Ranges {
        let view = Classification { row: self, id };
        match self.space_id(place) {
            None => view.ranges(),
            Some(space) => view.ranges_in(&space),
        }
    }

    fn replace_ranges(
        &mut self,
        id: Idx<ClassificationRecord>,
        place: Place,
        frames: &Ranges,
    ) -> Result<(), EditError> {
        let class_hash = self.classification_class(id)?;
        let ontology = self.ontology.clone();
        let class =
            ontology.classification(&class_hash).ok_or(EditError::UnknownClass { key: class_hash.to_string() })?;
        self.check_classified(class, place, frames)?;
        let feature = self.index.classification(id).feature;
        self.check_free(feature, place, frames, Some(id), class.is_global(), class.name())?;
        self.vacate(id);
        let done = self.write_ranges(id, place, frames);
        self.occupy(id);
        done
    }

    /// Writes the frames of a place into the answer, and into the frames that mention it.
    pub(crate) fn write_ranges(
        &mut self,
        id: Idx<ClassificationRecord>,
        place: Place,
        frames: &Ranges,
    ) -> Result<(), EditError> {
        self.write_back(id)?;
        let (node, space) = (self.classification_entry(id)?, self.space_id(place));
        let html = self.placing(place) == Placing::Html;
        self.edit_entry(node, |entry| {
            let Some(space) = space else {
                let old = entry.member(Tree::ROOT, "range").and_then(|node| Ranges::parse(entry.text(node)));
                if old.as_ref() != Some(frames) {
                    entry.set(Tree::ROOT, "range", &frames.to_json())?;
                }
                return Ok(());
            };
            let spaces = match entry.member(Tree::ROOT, "spaces").filter(|node| is_object(entry.text(*node))) {
                Some(spaces) => spaces,
                None => entry.set(Tree::ROOT, "spaces", "{}")?,
            };
            entry.expand(spaces)?;
            let mention = SpaceMention::new(if html { RangeKind::Html } else { RangeKind::Frame });
            let own = match entry.member(spaces, &space) {
                Some(own) => own,
                None => entry.append(spaces, Some(&space), &to_json(&mention))?,
            };
            entry.expand(own)?;
            entry.set(own, "range", &frames.to_json())?;
            Ok(())
        })?;
        self.mention(id, place, frames)
    }

    /// In the older generation each frame mentions its classifications: keeps that so, for those it mentions.
    fn mention(&mut self, id: Idx<ClassificationRecord>, place: Place, frames: &Ranges) -> Result<(), EditError> {
        let placements = self.index.in_place(&self.index.classification(id).placements, place).to_vec();
        let Some(first) = placements.first() else { return Ok(()) };
        let text = self.tree.text(first.entry).to_owned();
        let mentioned: Ranges = placements.iter().map(|placement| self.index.blob(placement.blob).frame).collect();
        for placement in &placements {
            if !frames.contains(self.index.blob(placement.blob).frame) {
                self.tree.remove(placement.entry);
            }
        }
        let tree = &self.tree;
        self.index.classification_mut(id).placements.retain(|placement| !tree.is_removed(placement.entry));
        // Only where the media bounds the frames: on a scene they are nanoseconds.
        let new = frames.difference(&mentioned);
        if self.frame_count(place).is_none() {
            return Ok(());
        }
        for frame in new.iter().flat_map(|range| range.start..=range.end) {
            let blob = self.blob_for(place, frame)?;
            let array = self.array_of(blob, "classifications")?;
            let entry = self.tree.append(array, None, &text)?;
            self.tree.set_tag(entry, id.tag());
            self.index.add_classification_placement(id, Placement { blob, entry });
        }
        Ok(())
    }

    fn unclassify(&mut self, id: Idx<ClassificationRecord>, place: Place, frames: &Ranges) -> Result<(), EditError> {
        let before = self.classified_ranges(id, place);
        let rest = before.difference(frames);
        if rest == before {
            return Ok(());
        }
        if !rest.is_empty() {
            self.vacate(id);
            let done = self.write_ranges(id, place, &rest);
            self.occupy(id);
            return done;
        }
        let text = self.index.classification(id).answers.map_or("{}", |node| self.tree.text(node));
        let mine = self.space_id(place);
        let spaces = member(text, "spaces").into_iter().flat_map(members);
        let elsewhere = spaces.filter(|(id, _)| mine.as_deref() != Some(id.as_ref())).count() > 0
            || (place != ROOT && !self.classified_ranges(id, ROOT).is_empty());
        if !elsewhere {
            self.delete_classification_record(id);
            return Ok(());
        }
        self.vacate(id);
        self.mention(id, place, &rest)?;
        let node = self.classification_entry(id)?;
        self.edit_entry(node, |entry| match &mine {
            Some(space) => drop_space(entry, space),
            None => entry.set(Tree::ROOT, "range", "[]").map(|_| ()).map_err(Into::into),
        })?;
        self.occupy(id);
        Ok(())
    }

    fn copy_classification(
        &mut self,
        id: Idx<ClassificationRecord>,
        place: Place,
        frames: &Ranges,
    ) -> Result<Idx<ClassificationRecord>, EditError> {
        let class_hash = self.classification_class(id)?;
        let ontology = self.ontology.clone();
        let class =
            ontology.classification(&class_hash).ok_or(EditError::UnknownClass { key: class_hash.to_string() })?;
        self.check_classified(class, place, frames)?;
        let feature = self.index.classification(id).feature;
        self.check_free(feature, place, frames, None, ClassificationClass::is_global(class), class.name())?;
        let hash: ClassificationHash = self.free_hash(None)?;
        let node = self.classification_entry(id)?;
        let mut entry = Tree::parse(self.tree.text(node))?;
        for (key, value) in
            [("classificationHash", quote(hash.as_str())), ("range", "[]".to_owned()), ("spaces", "{}".to_owned())]
        {
            entry.set(Tree::ROOT, key, &value)?;
        }
        self.stamp(&mut entry)?;
        let node = self.append_answers("classification_answers", hash.as_str(), &entry.render(Tree::ROOT))?;
        let copy = self.index.classification_named(hash.as_str());
        let record = self.index.classification_mut(copy);
        (record.answers, record.feature) = (Some(node), feature);
        self.write_ranges(copy, place, frames)?;
        self.occupy(copy);
        Ok(copy)
    }

    /// Takes a classification out of frames, spaces and `classification_answers`.
    pub(crate) fn delete_classification_record(&mut self, classification: Idx<ClassificationRecord>) {
        self.vacate(classification);
        let record = self.index.classification(classification).clone();
        for placement in record.placements {
            self.tree.remove(placement.entry);
        }
        if let Some(node) = record.answers {
            self.tree.remove(node);
        }
        self.index.forget_classification(classification);
    }
}
