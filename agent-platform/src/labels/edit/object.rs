//! Editing an object.

use crate::json::{Tree, quote, unsigned};
use crate::labels::error::{EditError, ReadError};
use crate::labels::frame_index::FrameIndex;
use crate::labels::geometry::AnyCoordinates;
use crate::labels::index::{Placement, ROOT};
use crate::labels::media::Placing;
use crate::labels::ranges::Ranges;
use crate::labels::row::LabelRow;
use crate::labels::view::Object;
use crate::ontology::ObjectClass;

use super::bounds::{Bounds, bounds};
use super::entry::class_json;
use super::frame::FrameEdit;
use super::making::Making;

/// An object that is being edited; see [`LabelRow::edit`]. Calls can be chained, and act outside spaces unless
/// [`Self::in_space`] says otherwise.
#[derive(Debug)]
pub struct ObjectEdit<'r> {
    pub(crate) row: &'r mut LabelRow,
    pub(crate) id: u32,
    pub(crate) place: u32,
    pub(super) bounds: Bounds,
}

bounds!(ObjectEdit);

impl<'r> ObjectEdit<'r> {
    pub(super) fn with_bounds(self, bounds: Bounds) -> Self {
        Self { bounds, ..self }
    }

    /// The object hash.
    #[must_use]
    pub fn hash(&self) -> &str {
        &self.row.index.object(self.id).hash
    }

    /// The object, to be read.
    #[must_use]
    pub fn object(&self) -> Object<'_> {
        Object { row: self.row, id: self.id }
    }

    /// What follows is about a space.
    ///
    /// # Errors
    /// There is no such space.
    pub fn in_space(mut self, id: &str) -> Result<Self, EditError> {
        self.place = self.row.place_or_refuse(Some(id))?;
        Ok(self)
    }

    /// The object on a frame, to be changed there: `row.edit(hash)?.at(frame)?.simplify(0.002)?`.
    ///
    /// # Errors
    /// It is not on that frame.
    pub fn at(self, frame: impl Into<FrameIndex>) -> Result<FrameEdit<'r>, ReadError> {
        let FrameIndex(frame) = frame.into();
        match self.row.index.object_at(&self.row.tree, self.id, self.place, frame) {
            Some(placement) => Ok(FrameEdit { row: self.row, id: self.id, placement, bounds: self.bounds }),
            None => Err(ReadError::NotOnFrame { hash: self.hash().to_owned(), frame }),
        }
    }

    /// Puts the object on a frame, or changes its coordinates where it is there already. On a continuous scene, a new
    /// keyframe takes the interpolation mode of the stretch that it splits.
    ///
    /// # Errors
    /// Coordinates of another shape than the class or further outside the image than those that they replace
    /// ([`Self::clamped`] cuts them down, [`Self::beyond_media`] accepts them), a frame that the media does not have, a mask
    /// of another size, media that takes no such objects, or on a continuous scene a place behind the object's end.
    pub fn put(self, frame: impl Into<FrameIndex>, coordinates: impl Into<AnyCoordinates>) -> Result<Self, EditError> {
        self.row.put_object(self.id, self.place, frame.into().0, &coordinates.into(), self.bounds)?;
        Ok(self)
    }

    /// Takes the object off some frames. An object that is nowhere any more is deleted with its answers.
    ///
    /// # Errors
    /// On a continuous scene, taking away its end.
    pub fn remove_from(self, frames: impl Into<Ranges>) -> Result<(), EditError> {
        self.row.remove_object_from(self.id, self.place, &frames.into())
    }

    /// Sets the number that the label editor shows.
    ///
    /// # Errors
    /// Another object of the class has it.
    pub fn number(self, number: u64) -> Result<Self, EditError> {
        self.row.set_object_number(self.id, number)?;
        Ok(self)
    }

    /// Adds a copy of the object with its frames, ranges and answers, and edits that. The copy has no number.
    ///
    /// # Errors
    /// More than fits a label row.
    pub fn copy(self) -> Result<Self, EditError> {
        let id = self.row.copy_object(self.id)?;
        Ok(Self { id, ..self })
    }

    /// Deletes the object: from every frame and space, with its answers.
    pub fn delete(self) {
        self.row.delete_object(self.id);
    }
}

impl LabelRow {
    /// Checks that coordinates are of the shape of a class.
    pub(super) fn check_shape(class: &ObjectClass, coordinates: &AnyCoordinates) -> Result<(), EditError> {
        if *class.shape() == coordinates.shape() {
            return Ok(());
        }
        let (class, shape) = (class.name().to_owned(), class.shape().clone());
        Err(EditError::WrongShape { class, shape, given: coordinates.shape() })
    }

    fn put_object(
        &mut self,
        object: u32,
        place: u32,
        frame: u64,
        coordinates: &AnyCoordinates,
        bounds: Bounds,
    ) -> Result<(), EditError> {
        let ontology = self.ontology.clone();
        let class_hash = self.class_of(object)?;
        let class = ontology.object(&class_hash).ok_or(EditError::UnknownClass { key: class_hash.clone() })?;
        Self::check_shape(class, coordinates)?;
        self.check_coordinates(place, frame, coordinates)?;
        if self.placing(place) == Placing::Events {
            self.check_before_end(object, place, frame)?;
        }
        let before = self.index.object_at(&self.tree, object, place, frame);
        let coordinates = self.within_media(place, frame, coordinates, bounds, before)?;
        match before {
            Some(placement) => self.set_coordinates(placement, &coordinates)?,
            None => {
                let mut text = self.object_entry(object, class, place, &coordinates, &Making::default())?;
                if let Some(mode) = self.inherited_interpolation(object, place, frame) {
                    let mut entry = Tree::of(&text)?;
                    entry.set(Tree::ROOT, "interpolate", mode)?;
                    text = entry.render(Tree::ROOT);
                }
                let blob = self.blob_for(place, frame)?;
                self.put_object_entry(object, blob, &text)?;
                self.mention_points(object, class, place)?;
            }
        }
        self.prune_deletes(object, place);
        Ok(())
    }

    /// Writes coordinates into the entry of an object. A delete event becomes an upsert that holds.
    pub(super) fn set_coordinates(
        &mut self,
        placement: Placement,
        coordinates: &AnyCoordinates,
    ) -> Result<(), EditError> {
        let events = self.placing(self.index.blob(placement.blob).place) == Placing::Events;
        let revived = events && self.is_delete(&placement);
        self.edit_entry(placement.entry, |entry| {
            if revived {
                coordinates.write_anew(entry)?;
                entry.set(Tree::ROOT, "event", "\"upsert\"")?;
                entry.unset(Tree::ROOT, "interpolate");
                return Ok(());
            }
            coordinates.write(entry)
        })
    }

    /// A new entry of an object on a frame.
    pub(super) fn object_entry(
        &self,
        object: u32,
        class: &ObjectClass,
        place: u32,
        coordinates: &AnyCoordinates,
        making: &Making,
    ) -> Result<String, EditError> {
        self.new_object_entry(&self.index.object(object).hash, class, place, coordinates, making)
    }

    /// A new entry of an object with this hash.
    pub(super) fn new_object_entry(
        &self,
        hash: &str,
        class: &ObjectClass,
        place: u32,
        coordinates: &AnyCoordinates,
        making: &Making,
    ) -> Result<String, EditError> {
        let placing = self.placing(place);
        let name_nobody = place == ROOT && placing == Placing::Frames;
        let making = self.making_json(making, name_nobody);
        let text = format!(r#"{{"objectHash":{},{},{making}}}"#, quote(hash), class_json(class));
        let mut entry = Tree::of(&text)?;
        coordinates.write(&mut entry)?;
        if placing == Placing::Events {
            entry.set(Tree::ROOT, "event", "\"upsert\"")?;
        }
        Ok(entry.render(Tree::ROOT))
    }

    /// Numbers are unique within a class (contract: `label-format.md`, section 7.1).
    fn set_object_number(&mut self, object: u32, number: u64) -> Result<(), EditError> {
        let feature = self.index.object(object).feature;
        self.check_number(feature, number, Some(object))?;
        let node = self.answers_entry(object)?;
        self.edit_unsigned(node, |entry| {
            entry.set(Tree::ROOT, "objectNumber", &number.to_string())?;
            Ok(())
        })
    }

    /// Whether no other object of a class has a number.
    pub(super) fn check_number(&self, feature: u32, number: u64, but: Option<u32>) -> Result<(), EditError> {
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

    fn copy_object(&mut self, object: u32) -> Result<u32, EditError> {
        let hash = self.free_hash(None)?;
        let placements: Vec<Placement> = self.index.placements(&self.tree, object).collect();
        let record = self.index.object(object);
        let (feature, ranged, answers, actions) = (record.feature, record.ranged, record.answers, record.actions);
        let quoted = quote(&hash);
        let copy = self.index.object_named(&hash);
        let new = self.index.object_mut(copy);
        (new.feature, new.ranged) = (feature, ranged);
        for placement in placements {
            let mut entry = Tree::of(self.tree.text(placement.entry))?;
            entry.set(Tree::ROOT, "objectHash", &quoted)?;
            self.stamp(&mut entry)?;
            self.put_object_entry(copy, placement.blob, &entry.render(Tree::ROOT))?;
        }
        if let Some(node) = answers {
            let mut entry = Tree::of(self.tree.text(node))?;
            entry.set(Tree::ROOT, "objectHash", &quoted)?;
            entry.unset(Tree::ROOT, "objectNumber");
            let map = self.map_below(Tree::ROOT, "object_answers")?;
            let node = self.tree.append(map, Some(&hash), &entry.render(Tree::ROOT))?;
            self.index.object_mut(copy).answers = Some(node);
        }
        if let Some(node) = actions {
            let mut entry = Tree::of(self.tree.text(node))?;
            entry.set(Tree::ROOT, "objectHash", &quoted)?;
            let map = self.map_below(Tree::ROOT, "object_actions")?;
            let node = self.tree.append(map, Some(&hash), &entry.render(Tree::ROOT))?;
            self.index.object_mut(copy).actions = Some(node);
        }
        self.answers_entry(copy)?;
        Ok(copy)
    }
}
