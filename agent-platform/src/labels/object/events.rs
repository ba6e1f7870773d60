//! Events of objects on continuous scenes (contract: `docs/contract/label-format.md#continuous-scenes`).

use crate::json::{Tree, member, members, string};
use crate::labels::error::{EditError, ReadError};
use crate::labels::geometry::{
    AnyCoordinates, BoundingBox, Circle, Cuboid, Ellipse, Point, Polyline, RotatableBoundingBox,
};
use crate::labels::index::{Idx, ObjectRecord, Place, Placement};
use crate::labels::media::Placing;
use crate::labels::row::LabelRow;
use crate::ontology::Shape;

/// The placeholder coordinates of a delete: zeros, which nobody reads.
fn zeroed(shape: &Shape) -> Option<AnyCoordinates> {
    let zero = [0.0; 3];
    Some(match shape {
        Shape::BoundingBox => BoundingBox { x: 0.0, y: 0.0, width: 0.0, height: 0.0 }.into(),
        Shape::RotatableBoundingBox => {
            RotatableBoundingBox { x: 0.0, y: 0.0, width: 0.0, height: 0.0, theta: 0.0 }.into()
        }
        Shape::Point => Point::new(0.0, 0.0).into(),
        Shape::Polyline => Polyline::default().into(),
        Shape::Circle => Circle { x: 0.0, y: 0.0, radius: 0.0, stretch: 0.0, theta: 0.0 }.into(),
        Shape::Ellipse => Ellipse { x: 0.0, y: 0.0, rx: 0.0, ry: 0.0, theta: 0.0 }.into(),
        Shape::Cuboid => Cuboid { position: zero, orientation: zero, size: zero }.into(),
        _ => return None,
    })
}

/// The members that a delete repeats of the upsert it ends: the object, its class, and who made it.
const REPEATED: [&str; 10] = [
    "objectHash",
    "featureHash",
    "name",
    "color",
    "shape",
    "value",
    "createdAt",
    "createdBy",
    "confidence",
    "manualAnnotation",
];

impl LabelRow {
    /// Returns whether an entry is a delete event.
    pub(crate) fn is_delete(&self, placement: &Placement) -> bool {
        member(self.tree.text(placement.entry), "event").and_then(string).is_some_and(|event| event == "delete")
    }

    /// The interpolation mode of an entry as JSON; `None` for `hold`, and where no mode is written.
    fn interpolation_of(&self, placement: &Placement) -> Option<&str> {
        let mode = member(self.tree.text(placement.entry), "interpolate")?;
        string(mode).is_some_and(|mode| mode != "hold").then_some(mode)
    }

    /// The last event of an object at or before a frame, if it is an upsert.
    fn upsert_in_force(&self, object: Idx<ObjectRecord>, place: Place, frame: u64) -> Option<Placement> {
        let last = self.index.placements_between(&self.tree, object, place, 0..=frame).next_back();
        last.filter(|last| !self.is_delete(last))
    }

    /// The interpolation mode that a new keyframe inherits: that of the stretch it splits, so that both halves keep
    /// moving (contract: `docs/contract/label-format.md#interpolation`).
    pub(crate) fn inherited_interpolation(&self, object: Idx<ObjectRecord>, place: Place, frame: u64) -> Option<&str> {
        if self.placing(place) != Placing::Events {
            return None;
        }
        let split = self.upsert_in_force(object, place, frame)?;
        self.interpolation_of(&split)
    }

    /// Rejects an upsert that no later delete of the object ends.
    pub(crate) fn check_before_end(
        &self,
        object: Idx<ObjectRecord>,
        place: Place,
        frame: u64,
    ) -> Result<(), EditError> {
        let last = self.index.placements_in(&self.tree, object, place).next_back();
        let ended = last.is_some_and(|last| self.index.blob(last.blob).frame > frame && self.is_delete(&last));
        if ended { Ok(()) } else { Err(self.no_end(object, frame)) }
    }

    fn no_end(&self, object: Idx<ObjectRecord>, frame: u64) -> EditError {
        EditError::NoEnd { hash: self.index.object(object).hash.clone(), frame }
    }

    /// Rejects the removal of these events if the object would no longer end.
    pub(crate) fn check_ends_without(
        &self,
        object: Idx<ObjectRecord>,
        place: Place,
        dropped: &[Placement],
    ) -> Result<(), EditError> {
        let mut kept = self.index.placements_in(&self.tree, object, place).rev();
        let last = kept.find(|placement| !dropped.iter().any(|dropped| dropped.entry == placement.entry));
        match last.filter(|last| !self.is_delete(last)) {
            Some(last) => Err(self.no_end(object, self.index.blob(last.blob).frame)),
            None => Ok(()),
        }
    }

    /// The coordinates of a delete that ends an upsert.
    fn zeroed_like(&self, upsert: &Placement, place: Place) -> Result<AnyCoordinates, EditError> {
        let shape = AnyCoordinates::shape_of_entry(self.tree.text(upsert.entry));
        shape.as_ref().and_then(zeroed).ok_or_else(|| {
            let what = shape.map_or_else(|| "objects without a shape".to_owned(), |shape| format!("{shape} objects"));
            EditError::NotOnThisMedia { media: self.medium_name(place), what }
        })
    }

    /// Adds a delete that ends an upsert. It names the same author, and copies nothing else of the upsert.
    pub(crate) fn add_delete_event(
        &mut self,
        object: Idx<ObjectRecord>,
        place: Place,
        frame: u64,
        upsert: Placement,
    ) -> Result<(), EditError> {
        let coordinates = self.zeroed_like(&upsert, place)?;
        let mut entry = Tree::parse("{}")?;
        for (key, value) in members(self.tree.text(upsert.entry)) {
            if REPEATED.contains(&key.as_ref()) {
                entry.set(Tree::ROOT, &key, value)?;
            }
        }
        coordinates.write_anew(&mut entry)?;
        entry.set(Tree::ROOT, "event", "\"delete\"")?;
        self.stamp(&mut entry)?;
        let blob = self.blob_for(place, frame)?;
        self.put_object_entry(object, blob, &entry.render(Tree::ROOT))?;
        Ok(())
    }

    /// Turns an upsert into a delete on the same frame. Its unknown members stay.
    fn turn_into_delete(&mut self, upsert: Placement, place: Place) -> Result<(), EditError> {
        let coordinates = self.zeroed_like(&upsert, place)?;
        self.edit_entry(upsert.entry, |entry| {
            coordinates.write_anew(entry)?;
            entry.set(Tree::ROOT, "event", "\"delete\"")?;
            entry.unset(Tree::ROOT, "interpolate");
            Ok(())
        })
    }

    /// Removes deletes that end nothing, and the object if no event is left.
    pub(crate) fn prune_deletes(&mut self, object: Idx<ObjectRecord>, place: Place) {
        if self.placing(place) != Placing::Events {
            return;
        }
        let placements: Vec<Placement> = self.index.placements_in(&self.tree, object, place).collect();
        let mut there = false;
        for placement in placements {
            let delete = self.is_delete(&placement);
            if delete && !there {
                self.drop_placement(object, placement);
            }
            there = !delete;
        }
        let record = self.index.object(object);
        if record.placed == 0 && !record.ranged {
            self.delete_object(object);
        }
    }

    /// Tidies the events of an object after one was removed or a delete was written: removes deletes that end nothing,
    /// and clears the interpolation of upserts that no upsert follows. A write of an upsert leaves such modes alone, so
    /// that a keyframe can be marked before its target is written.
    pub(crate) fn prune_after_removal(&mut self, object: Idx<ObjectRecord>, place: Place) -> Result<(), EditError> {
        if self.placing(place) != Placing::Events {
            return Ok(());
        }
        self.prune_deletes(object, place);
        let events: Vec<Placement> = self.index.placements_in(&self.tree, object, place).collect();
        for (position, event) in events.iter().enumerate() {
            let runs_on = events.get(position + 1).is_some_and(|next| !self.is_delete(next));
            if runs_on || self.is_delete(event) || self.interpolation_of(event).is_none() {
                continue;
            }
            self.edit_entry(event.entry, |entry| {
                entry.unset(Tree::ROOT, "interpolate");
                Ok(())
            })?;
        }
        Ok(())
    }

    pub(crate) fn end_object(&mut self, object: Idx<ObjectRecord>, place: Place, frame: u64) -> Result<(), EditError> {
        if self.placing(place) != Placing::Events {
            let what = "objects with an end".to_owned();
            return Err(EditError::NotOnThisMedia { media: self.medium_name(place), what });
        }
        let Some(upsert) = self.upsert_in_force(object, place, frame) else {
            let hash = self.index.object(object).hash.clone();
            return Err(ReadError::NotOnFrame { hash, frame }.into());
        };
        let starts_here = self.index.blob(upsert.blob).frame == frame;
        let is_there_before =
            || frame.checked_sub(1).is_some_and(|before| self.upsert_in_force(object, place, before).is_some());
        if !starts_here {
            self.add_delete_event(object, place, frame, upsert)?;
        } else if is_there_before() {
            self.turn_into_delete(upsert, place)?;
        } else {
            self.drop_placement(object, upsert);
        }
        self.prune_after_removal(object, place)
    }
}
