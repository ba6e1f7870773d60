//! Continuous scenes: objects there are events, and the last one is a delete (contract: `label-format.md`, section 10).

use crate::json::{Tree, member, string};
use crate::labels::error::{EditError, ReadError};
use crate::labels::frame_index::FrameIndex;
use crate::labels::geometry::{
    AnyCoordinates, BoundingBox, Circle, Cuboid, Ellipse, Point, Polyline, RotatableBoundingBox,
};
use crate::labels::index::Placement;
use crate::labels::media::Placing;
use crate::labels::row::LabelRow;
use crate::ontology::Shape;

use super::object::ObjectEdit;

/// What a delete carries: coordinates of the shape that nobody reads.
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

impl LabelRow {
    fn is_delete(&self, placement: &Placement) -> bool {
        member(self.tree.text(placement.entry), "event").and_then(string).is_some_and(|event| event == "delete")
    }

    /// An upsert must be followed by the object's end.
    pub(super) fn check_before_end(&self, object: u32, place: u32, frame: u64) -> Result<(), EditError> {
        let last = self.index.placements_in(&self.tree, object, place).next_back();
        let ended = last.is_some_and(|last| self.index.blob(last.blob).frame > frame && self.is_delete(&last));
        if ended { Ok(()) } else { Err(self.no_end(object, frame)) }
    }

    fn no_end(&self, object: u32, frame: u64) -> EditError {
        EditError::NoEnd { hash: self.index.object(object).hash.to_string(), frame }
    }

    /// Whether an object still ends when these are taken from it.
    pub(super) fn check_ends_without(&self, object: u32, place: u32, dropped: &[Placement]) -> Result<(), EditError> {
        let mut kept = self.index.placements_in(&self.tree, object, place).rev();
        let last = kept.find(|placement| !dropped.iter().any(|dropped| dropped.entry == placement.entry));
        match last.filter(|last| !self.is_delete(last)) {
            Some(last) => Err(self.no_end(object, self.index.blob(last.blob).frame)),
            None => Ok(()),
        }
    }

    /// Adds a delete that ends what `before` started, made by whom that was made.
    pub(super) fn add_delete_event(
        &mut self,
        object: u32,
        place: u32,
        frame: u64,
        before: Placement,
    ) -> Result<(), EditError> {
        let mut entry = Tree::of(self.tree.text(before.entry))?;
        let shape = AnyCoordinates::shape_of_entry(self.tree.text(before.entry));
        let Some(coordinates) = shape.as_ref().and_then(zeroed) else {
            let what = shape.map_or_else(|| "objects without a shape".to_owned(), |shape| format!("{shape} objects"));
            return Err(EditError::NotOnThisMedia { media: self.medium_name(place), what });
        };
        coordinates.write_anew(&mut entry)?;
        entry.set(Tree::ROOT, "event", "\"delete\"")?;
        entry.unset(Tree::ROOT, "interpolate");
        self.stamp(&mut entry)?;
        let blob = self.blob_for(place, frame)?;
        self.put_object_entry(object, blob, &entry.render(Tree::ROOT))?;
        Ok(())
    }

    /// Takes out deletes that end nothing, and the object with them if nothing is left.
    pub(super) fn prune_events(&mut self, object: u32, place: u32) -> Result<(), EditError> {
        if self.placing(place) != Placing::Events {
            return Ok(());
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
        Ok(())
    }

    fn end_object(&mut self, object: u32, place: u32, frame: u64) -> Result<(), EditError> {
        if self.placing(place) != Placing::Events {
            let what = "objects with an end".to_owned();
            return Err(EditError::NotOnThisMedia { media: self.medium_name(place), what });
        }
        let before = frame.checked_sub(1);
        let before =
            before.and_then(|before| self.index.placements_between(&self.tree, object, place, 0..=before).next_back());
        let Some(before) = before.filter(|before| !self.is_delete(before)) else {
            let hash = self.index.object(object).hash.to_string();
            return Err(ReadError::NotOnFrame { hash, frame }.into());
        };
        if let Some(there) = self.index.object_at(&self.tree, object, place, frame) {
            self.drop_placement(object, there);
        }
        self.add_delete_event(object, place, frame, before)?;
        self.prune_events(object, place)
    }
}

impl ObjectEdit<'_> {
    /// Ends the object on a continuous scene: from this nanosecond on it is not there, until its next coordinates.
    ///
    /// # Errors
    /// It is not there before, or the media is no continuous scene.
    pub fn end_at(self, frame: impl Into<FrameIndex>) -> Result<Self, EditError> {
        self.row.end_object(self.id, self.place, frame.into().0)?;
        Ok(self)
    }
}
