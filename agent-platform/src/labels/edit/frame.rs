//! Editing an object on one frame.

use crate::json::{Tree, quote};
use crate::labels::error::{EditError, ReadError};
use crate::labels::frame_index::FrameIndex;
use crate::labels::geometry::{AnyCoordinates, Coordinates, Polygon, Polyline};
use crate::labels::index::Placement;
use crate::labels::media::Placing;
use crate::labels::ranges::Ranges;
use crate::labels::row::LabelRow;
use crate::labels::view::FrameObject;
use crate::ontology::Shape;

use super::bounds::{Bounds, bounds};
use super::entry::confidence_json;
use super::making::check_confidence;

/// An object on one frame that is being edited; see [`ObjectEdit::at`](super::ObjectEdit::at).
#[derive(Debug)]
pub struct FrameEdit<'r> {
    pub(crate) row: &'r mut LabelRow,
    pub(crate) id: u32,
    pub(crate) placement: Placement,
    pub(super) bounds: Bounds,
}

bounds!(FrameEdit);

impl FrameEdit<'_> {
    /// The object on the frame, to be read.
    #[must_use]
    pub fn object(&self) -> FrameObject<'_> {
        FrameObject { row: self.row, object: self.id, placement: self.placement }
    }

    /// Its coordinates, as those of a shape.
    ///
    /// # Errors
    /// Another shape, or coordinates that cannot be made sense of.
    pub fn coordinates<S: Coordinates>(&self) -> Result<S, ReadError> {
        self.object().coordinates()
    }

    /// Replaces the coordinates. Who edits and when is noted, if they are other ones.
    ///
    /// # Errors
    /// Coordinates of another shape than the class, a mask of another size than the media, or coordinates further outside
    /// the image than those that they replace ([`Self::clamped`] cuts them down, [`Self::beyond_media`] accepts them).
    pub fn set(self, coordinates: impl Into<AnyCoordinates>) -> Result<Self, EditError> {
        let coordinates = coordinates.into();
        self.row.recoordinate(self.id, self.placement, &coordinates, self.bounds)?;
        Ok(self)
    }

    /// Changes the coordinates in place: `.change::<BoundingBox>(|shape| shape.x += 0.1)?`.
    ///
    /// # Errors
    /// As [`Self::coordinates`] and [`Self::set`].
    pub fn change<S: Coordinates>(self, change: impl FnOnce(&mut S)) -> Result<Self, EditError> {
        let mut coordinates: S = self.coordinates()?;
        change(&mut coordinates);
        self.set(coordinates)
    }

    /// Leaves out vertices of a polygon or polyline that are closer than `tolerance` to the line without them, relative to
    /// the image. Gives how many were left out.
    ///
    /// # Errors
    /// Another shape.
    pub fn simplify(self, tolerance: f64) -> Result<usize, EditError> {
        let any = self.object().any_coordinates()?;
        let (removed, simplified) = match any {
            AnyCoordinates::Polygon(mut polygon) => (polygon.simplify(tolerance), AnyCoordinates::Polygon(polygon)),
            AnyCoordinates::Polyline(mut line) => (line.simplify(tolerance), AnyCoordinates::Polyline(line)),
            other => {
                let hash = self.object().hash().to_owned();
                let wrong = ReadError::OtherShape { hash, shape: other.shape(), wanted: Polygon::SHAPE };
                return Err(wrong.into());
            }
        };
        debug_assert!(matches!(simplified.shape(), Shape::Polygon) || simplified.shape() == Polyline::SHAPE);
        if removed > 0 {
            self.set(simplified)?;
        }
        Ok(removed)
    }

    fn set_member(self, key: &str, json: &str) -> Result<Self, EditError> {
        self.row.edit_entry(self.placement.entry, |entry| {
            entry.set(Tree::ROOT, key, json)?;
            Ok(())
        })?;
        Ok(self)
    }

    /// Sets how sure the maker is, 0 to 1.
    ///
    /// # Errors
    /// A number outside 0 to 1.
    pub fn confidence(self, confidence: f64) -> Result<Self, EditError> {
        check_confidence(confidence)?;
        #[expect(clippy::float_cmp, reason = "the same number in another spelling stays")]
        let same = self.object().confidence() == confidence;
        if same { Ok(self) } else { self.set_member("confidence", &confidence_json(confidence)) }
    }

    /// Sets whether a person made it.
    ///
    /// # Errors
    /// More than fits a label row.
    pub fn manual(self, manual: bool) -> Result<Self, EditError> {
        if self.object().is_manual() == manual {
            Ok(self)
        } else {
            self.set_member("manualAnnotation", &manual.to_string())
        }
    }

    /// Sets who created it: an e-mail address or user id.
    ///
    /// # Errors
    /// More than fits a label row.
    pub fn created_by(self, author: &str) -> Result<Self, EditError> {
        self.set_member("createdBy", &quote(author))
    }

    /// Copies what is on this frame to others: coordinates, and what this crate does not know of it. Copies may reach as far
    /// outside the image as the original.
    ///
    /// # Errors
    /// A frame that the object is on already, that the media does not have, or that is of another size than a mask.
    pub fn copy_to(self, frames: impl Into<Ranges>) -> Result<Self, EditError> {
        self.row.copy_entry(self.id, self.placement, &frames.into())?;
        Ok(self)
    }

    /// Moves the object from this frame to another.
    ///
    /// # Errors
    /// A frame that the object is on already, that the media does not have, or that is of another size than a mask.
    pub fn move_to(mut self, frame: impl Into<FrameIndex>) -> Result<Self, EditError> {
        let FrameIndex(frame) = frame.into();
        let place = self.row.index.blob(self.placement.blob).place;
        if self.row.index.blob(self.placement.blob).frame == frame {
            return Ok(self);
        }
        self.row.copy_entry(self.id, self.placement, &Ranges::from(frame))?;
        self.row.drop_placement(self.id, self.placement);
        if let Some(placement) = self.row.index.object_at(&self.row.tree, self.id, place, frame) {
            self.placement = placement;
        }
        Ok(self)
    }

    /// Takes the object off this frame. An object that is nowhere any more is deleted with its answers.
    ///
    /// # Errors
    /// On a continuous scene, taking away the object's end.
    pub fn remove(self) -> Result<(), EditError> {
        let blob = self.row.index.blob(self.placement.blob);
        let (place, frame) = (blob.place, blob.frame);
        self.row.remove_object_from(self.id, place, &Ranges::from(frame))
    }
}

impl LabelRow {
    fn recoordinate(
        &mut self,
        object: u32,
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

    fn copy_entry(&mut self, object: u32, placement: Placement, frames: &Ranges) -> Result<(), EditError> {
        let place = self.index.blob(placement.blob).place;
        if self.placing(place) == Placing::Events {
            let hash = self.index.object(object).hash.to_string();
            return Err(EditError::NoEnd { hash, frame: frames.last().unwrap_or(0) });
        }
        let (Some(first), Some(last)) = (frames.first(), frames.last()) else { return Err(EditError::NoRange) };
        self.check_frame(place, first)?;
        self.check_frame(place, last)?;
        let all = || frames.iter().flat_map(|range| range.start..=range.end);
        for frame in all() {
            if self.index.object_at(&self.tree, object, place, frame).is_some() {
                return Err(EditError::AlreadyOnFrame { hash: self.index.object(object).hash.to_string(), frame });
            }
            if place == crate::labels::index::ROOT && self.unit_of(frame).is_none() {
                return Err(EditError::FrameOutOfRange { frame, frames: self.index.units.len() as u64 });
            }
        }
        if let Ok(mask @ AnyCoordinates::Bitmask(_)) = AnyCoordinates::of_entry(self.tree.text(placement.entry)) {
            all().try_for_each(|frame| self.check_mask_size(place, frame, &mask))?;
        }
        let mut entry = Tree::of(self.tree.text(placement.entry))?;
        self.stamp(&mut entry)?;
        let text = entry.render(Tree::ROOT);
        for frame in all() {
            let blob = self.blob_for(place, frame)?;
            self.put_object_entry(object, blob, &text)?;
        }
        Ok(())
    }
}
