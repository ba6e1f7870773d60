//! Writing objects on frames, and taking them off.

use crate::hash::{FeatureHash, ObjectHash};
use crate::json::{Tree, quote};
use crate::labels::entry::drop_space;
use crate::labels::error::EditError;
use crate::labels::geometry::AnyCoordinates;
use crate::labels::index::{Idx, ObjectRecord, Place, Placement, ROOT};
use crate::labels::media::{Bounds, Placing};
use crate::labels::new_entry::{FrameEntry, UnknownAuthor, to_json};
use crate::labels::provenance::Provenance;
use crate::labels::ranges::{Range, Ranges};
use crate::labels::row::LabelRow;
use crate::ontology::ObjectClass;

impl LabelRow {
    pub(crate) fn class_of(&self, object: Idx<ObjectRecord>) -> Result<FeatureHash, EditError> {
        let feature = self.index.feature(self.index.object(object).feature).unwrap_or(FeatureHash::none());
        match self.ontology.object(feature).filter(|class| class.feature_hash() == feature) {
            Some(class) => Ok(class.feature_hash().clone()),
            None => Err(EditError::UnknownClass { key: feature.to_string() }),
        }
    }

    /// Checks that coordinates are of the shape of a class.
    pub(crate) fn check_shape(class: &ObjectClass, coordinates: &AnyCoordinates) -> Result<(), EditError> {
        if *class.shape() == coordinates.shape() {
            return Ok(());
        }
        let (class, shape) = (class.name().to_owned(), class.shape().clone());
        Err(EditError::WrongShape { class, shape, given: coordinates.shape() })
    }

    pub(crate) fn put_object(
        &mut self,
        object: Idx<ObjectRecord>,
        place: Place,
        frame: u64,
        coordinates: &AnyCoordinates,
        bounds: Bounds,
    ) -> Result<(), EditError> {
        let ontology = self.ontology.clone();
        let class_hash = self.class_of(object)?;
        let class = ontology.object(&class_hash).ok_or(EditError::UnknownClass { key: class_hash.to_string() })?;
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
                let mut text = self.object_entry(object, class, place, &coordinates, &Provenance::default())?;
                if let Some(mode) = self.inherited_interpolation(object, place, frame) {
                    let mut entry = Tree::parse(&text)?;
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
    pub(crate) fn set_coordinates(
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
    pub(crate) fn object_entry(
        &self,
        object: Idx<ObjectRecord>,
        class: &ObjectClass,
        place: Place,
        coordinates: &AnyCoordinates,
        provenance: &Provenance,
    ) -> Result<String, EditError> {
        self.new_object_entry(self.index.object(object).hash.as_str(), class, place, coordinates, provenance)
    }

    /// A new entry of an object with this hash.
    pub(crate) fn new_object_entry(
        &self,
        hash: &str,
        class: &ObjectClass,
        place: Place,
        coordinates: &AnyCoordinates,
        provenance: &Provenance,
    ) -> Result<String, EditError> {
        let placing = self.placing(place);
        let in_data = place == ROOT && placing == Placing::Frames;
        let unknown_author = if in_data { UnknownAuthor::Null } else { UnknownAuthor::Absent };
        let (now, provenance) = (self.now().to_string(), self.signed(provenance));
        let text = to_json(&FrameEntry::new(hash, class, &now, &provenance, unknown_author));
        let mut entry = Tree::parse(&text)?;
        coordinates.write(&mut entry)?;
        if placing == Placing::Events {
            entry.set(Tree::ROOT, "event", "\"upsert\"")?;
        }
        Ok(entry.render(Tree::ROOT))
    }

    pub(crate) fn recoordinate(
        &mut self,
        object: Idx<ObjectRecord>,
        placement: Placement,
        coordinates: &AnyCoordinates,
        bounds: Bounds,
    ) -> Result<(), EditError> {
        let blob = self.index.blob(placement.blob);
        let (place, frame) = (blob.place, blob.frame);
        let class_hash = self.class_of(object)?;
        if let Some(class) = self.ontology.object(&class_hash) {
            Self::check_shape(class, coordinates)?;
        }
        self.check_coordinates(place, frame, coordinates)?;
        if self.placing(place) == Placing::Events && self.is_delete(&placement) {
            self.check_before_end(object, place, frame)?;
        }
        let coordinates = self.within_media(place, frame, coordinates, bounds, Some(placement))?;
        self.set_coordinates(placement, &coordinates)?;
        self.prune_deletes(object, place);
        Ok(())
    }

    pub(crate) fn copy_entry(
        &mut self,
        object: Idx<ObjectRecord>,
        placement: Placement,
        frames: &Ranges,
    ) -> Result<(), EditError> {
        let place = self.index.blob(placement.blob).place;
        if self.placing(place) == Placing::Events {
            let hash = self.index.object(object).hash.clone();
            return Err(EditError::NoEnd { hash, frame: frames.last().unwrap_or(0) });
        }
        let (Some(first), Some(last)) = (frames.first(), frames.last()) else { return Err(EditError::NoRange) };
        self.check_frame(place, first)?;
        self.check_frame(place, last)?;
        let all = || frames.iter().flat_map(|range| range.start..=range.end);
        for frame in all() {
            if self.index.object_at(&self.tree, object, place, frame).is_some() {
                return Err(EditError::AlreadyOnFrame { hash: self.index.object(object).hash.clone(), frame });
            }
            if place == ROOT && self.unit_of(frame).is_none() {
                return Err(EditError::FrameOutOfRange { frame, frames: self.index.units.len() as u64 });
            }
        }
        if let Ok(mask @ AnyCoordinates::Bitmask(_)) = AnyCoordinates::from_entry(self.tree.text(placement.entry)) {
            all().try_for_each(|frame| self.check_mask_size(place, frame, &mask))?;
        }
        let mut entry = Tree::parse(self.tree.text(placement.entry))?;
        self.stamp(&mut entry)?;
        let text = entry.render(Tree::ROOT);
        for frame in all() {
            let blob = self.blob_for(place, frame)?;
            self.put_object_entry(object, blob, &text)?;
        }
        Ok(())
    }

    pub(crate) fn copy_object(&mut self, object: Idx<ObjectRecord>) -> Result<Idx<ObjectRecord>, EditError> {
        let hash: ObjectHash = self.free_hash(None)?;
        let placements: Vec<Placement> = self.index.placements(&self.tree, object).collect();
        let record = self.index.object(object);
        let (feature, ranged, answers, actions) = (record.feature, record.ranged, record.answers, record.actions);
        let quoted = quote(hash.as_str());
        let copy = self.index.object_named(hash.as_str());
        let new = self.index.object_mut(copy);
        (new.feature, new.ranged) = (feature, ranged);
        for placement in placements {
            let mut entry = Tree::parse(self.tree.text(placement.entry))?;
            entry.set(Tree::ROOT, "objectHash", &quoted)?;
            self.stamp(&mut entry)?;
            self.put_object_entry(copy, placement.blob, &entry.render(Tree::ROOT))?;
        }
        if let Some(node) = answers {
            let mut entry = Tree::parse(self.tree.text(node))?;
            entry.set(Tree::ROOT, "objectHash", &quoted)?;
            entry.unset(Tree::ROOT, "objectNumber");
            let node = self.append_answers("object_answers", hash.as_str(), &entry.render(Tree::ROOT))?;
            self.index.object_mut(copy).answers = Some(node);
        }
        if let Some(node) = actions {
            let mut entry = Tree::parse(self.tree.text(node))?;
            entry.set(Tree::ROOT, "objectHash", &quoted)?;
            let node = self.append_answers("object_actions", hash.as_str(), &entry.render(Tree::ROOT))?;
            self.index.object_mut(copy).actions = Some(node);
        }
        self.answers_entry(copy)?;
        Ok(copy)
    }

    /// Removes an object from frames, spaces, `object_answers` and `object_actions`.
    pub(crate) fn delete_object(&mut self, object: Idx<ObjectRecord>) {
        let entries: Vec<Placement> = self.index.placements(&self.tree, object).collect();
        for placement in entries {
            self.tree.remove(placement.entry);
        }
        let record = self.index.object(object);
        for node in [record.answers, record.actions].into_iter().flatten() {
            self.tree.remove(node);
        }
        self.index.forget_object(object);
    }

    /// Takes one entry of an object out.
    pub(crate) fn drop_placement(&mut self, object: Idx<ObjectRecord>, placement: Placement) {
        self.index.remove_object_placement(&mut self.tree, object, placement);
    }

    pub(crate) fn remove_object_from(
        &mut self,
        object: Idx<ObjectRecord>,
        place: Place,
        frames: &Ranges,
    ) -> Result<(), EditError> {
        let in_range = |range: Range| self.index.placements_between(&self.tree, object, place, range.start..=range.end);
        let dropped: Vec<Placement> = frames.iter().flat_map(in_range).collect();
        if dropped.is_empty() {
            return Ok(());
        }
        if self.index.object(object).placed as usize == dropped.len() {
            self.delete_object(object);
            return Ok(());
        }
        let placing = self.placing(place);
        if placing == Placing::Events {
            self.check_ends_without(object, place, &dropped)?;
        }
        for placement in dropped {
            self.drop_placement(object, placement);
        }
        if placing == Placing::Points {
            self.forget_space(object, place)?;
        }
        self.prune_after_removal(object, place)
    }

    /// An object with no placement left in a space is no longer mentioned to be there.
    fn forget_space(&mut self, object: Idx<ObjectRecord>, place: Place) -> Result<(), EditError> {
        let (Some(node), Some(space)) = (self.index.object(object).answers, self.space_id(place)) else {
            return Ok(());
        };
        self.edit_unsigned(node, |entry| drop_space(entry, &space))
    }

    /// Takes an object out of a space altogether.
    pub(crate) fn remove_object_from_space(
        &mut self,
        object: Idx<ObjectRecord>,
        place: Place,
    ) -> Result<(), EditError> {
        let dropped: Vec<Placement> = self.index.placements_in(&self.tree, object, place).collect();
        let record = self.index.object(object);
        let covers_other = |node| {
            let mine = self.space_id(place).unwrap_or_default();
            let text = crate::json::member(self.tree.text(node), "spaces").unwrap_or("{}");
            crate::json::members(text).any(|(id, _)| id != *mine)
        };
        let elsewhere = record.placed as usize > dropped.len() || record.answers.is_some_and(covers_other);
        if !elsewhere {
            self.delete_object(object);
            return Ok(());
        }
        for placement in dropped {
            self.drop_placement(object, placement);
        }
        self.forget_space(object, place)
    }
}
