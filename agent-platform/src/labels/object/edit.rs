//! Edits of an object, on all frames and on one.

use crate::hash::ObjectHash;
use crate::json::{Tree, quote};
use crate::labels::answer::IntoAnswer;
use crate::labels::error::{EditError, ReadError};
use crate::labels::frame_index::{FrameIndex, IntoFrameIndex};
use crate::labels::geometry::{AnyCoordinates, Coordinates, IntoCoordinates, Polygon, Polyline};
use crate::labels::index::{Idx, ObjectRecord, Place, Placement, ROOT};
use crate::labels::media::{Bounds, bounds};
use crate::labels::new_entry::confidence_json;
use crate::labels::provenance::check_confidence;
use crate::labels::ranges::{HtmlRange, IntoRanges, Ranges};
use crate::labels::row::LabelRow;
use crate::ontology::Shape;

use super::ranges::Cover;
use super::view::{FrameObject, Object};

/// An object that is being edited; see [`LabelRow::edit`]. Calls can be chained, and act outside spaces unless
/// [`Self::in_space`] says otherwise.
#[derive(Debug)]
pub struct ObjectEdit<'r> {
    pub(crate) row: &'r mut LabelRow,
    pub(crate) id: Idx<ObjectRecord>,
    pub(crate) place: Place,
    pub(crate) bounds: Bounds,
}

bounds!(ObjectEdit);

impl<'r> ObjectEdit<'r> {
    pub(crate) fn with_bounds(self, bounds: Bounds) -> Self {
        Self { bounds, ..self }
    }

    /// The object hash.
    #[must_use]
    pub fn hash(&self) -> &ObjectHash {
        &self.row.index.object(self.id).hash
    }

    /// The object, to be read.
    #[must_use]
    pub fn object(&self) -> Object<'_> {
        Object { row: self.row, id: self.id }
    }

    /// Selects a space for the calls that follow.
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
    pub fn at(self, frame: impl IntoFrameIndex) -> Result<FrameEdit<'r>, ReadError> {
        let FrameIndex(frame) = frame.into_frame_index();
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
    pub fn put(self, frame: impl IntoFrameIndex, coordinates: impl IntoCoordinates) -> Result<Self, EditError> {
        self.row.put_object(
            self.id,
            self.place,
            frame.into_frame_index().0,
            &coordinates.into_coordinates(),
            self.bounds,
        )?;
        Ok(self)
    }

    /// Ends the object on a continuous scene: from this nanosecond on it is absent, until its next keyframe. If it first
    /// appears at this nanosecond, that keyframe is removed; an object that has no keyframe left is deleted with its answers.
    ///
    /// # Errors
    /// The object is absent at that time, or the media is not a continuous scene.
    pub fn end_at(self, frame: impl IntoFrameIndex) -> Result<Self, EditError> {
        self.row.end_object(self.id, self.place, frame.into_frame_index().0)?;
        Ok(self)
    }

    /// Takes the object off some frames. An object that is nowhere any more is deleted with its answers.
    ///
    /// # Errors
    /// On a continuous scene, taking away its end.
    pub fn remove_from(self, frames: impl IntoRanges) -> Result<(), EditError> {
        self.row.remove_object_from(self.id, self.place, &frames.into_ranges())
    }

    /// Takes the object out of a space: off every frame of it, and from every range. An object that is nowhere any more is
    /// deleted with its answers.
    ///
    /// # Errors
    /// There is no such space.
    pub fn remove_from_space(self, id: &str) -> Result<(), EditError> {
        let place = self.row.place_or_refuse(Some(id))?;
        debug_assert_ne!(place, ROOT);
        self.row.remove_object_from_space(self.id, place)
    }

    /// Sets what an object over ranges covers: milliseconds of a sound, characters of a text.
    ///
    /// # Errors
    /// No range, or media whose objects are not over ranges.
    pub fn set_ranges(self, ranges: impl IntoRanges) -> Result<Self, EditError> {
        self.row.cover(self.id, self.place, &Cover::Ranges(ranges.into_ranges()))?;
        Ok(self)
    }

    /// Sets the ranges of an HTML page that an object covers.
    ///
    /// # Errors
    /// No range, or media that is not an HTML page.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use agent_platform::labels::LabelRow;
    /// # use agent_platform::ontology::Ontology;
    /// use agent_platform::labels::{HtmlPosition, HtmlRange};
    /// # let ontology = r##"{"objects": [{"id": "1", "name": "Name", "color": "#D33115", "shape": "text",
    /// #     "featureNodeHash": "a1b2c3d4"}], "classifications": []}"##;
    /// # let text = r#"{"label_hash": "l", "data_hash": "d", "data_type": "plain_text", "data_units": {"d": {"data_hash": "d",
    /// #     "data_type": "text/html", "data_sequence": 0, "labels": {}}},
    /// #     "object_answers": {}, "object_actions": {}, "classification_answers": {}}"#;
    /// # let mut row = LabelRow::parse(text, Arc::new(Ontology::parse(ontology)?))?;
    /// let at = |offset| HtmlPosition { xpath: "/html/body/p[1]/text()".to_owned(), offset };
    /// let name = row.add("Name").over_html(vec![HtmlRange { start: at(0), end: at(5) }])?.hash().to_owned();
    ///
    /// let longer = HtmlRange { start: at(0), end: at(9) };
    /// row.edit(&name)?.set_html_ranges(vec![longer.clone()])?;
    /// assert_eq!(row.object(&name)?.html_ranges(None)?, [longer]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn set_html_ranges(self, ranges: Vec<HtmlRange>) -> Result<Self, EditError> {
        self.row.cover(self.id, self.place, &Cover::Html(ranges))?;
        Ok(self)
    }

    /// Answers an attribute, by name or feature hash: `.answer("Colour", "Red")`.
    ///
    /// A dynamic attribute is answered on all frames that the object is on; see [`Self::answer_on`].
    ///
    /// # Errors
    /// No such attribute, an answer of another type, an option that it does not have, or an attribute below an option that
    /// is not chosen.
    pub fn answer(self, attribute: impl AsRef<str>, answer: impl IntoAnswer) -> Result<Self, EditError> {
        self.row.answer_object(self.id, self.place, attribute.as_ref(), answer.into_answer(), None)?;
        Ok(self)
    }

    /// Answers a dynamic attribute on some frames: `.answer_on("Occluded", "Yes", 3..=9)`. Its answers elsewhere stay.
    ///
    /// # Errors
    /// As [`Self::answer`], and an attribute that is not dynamic, no frames, or frames that the media does not have.
    pub fn answer_on(
        self,
        attribute: impl AsRef<str>,
        answer: impl IntoAnswer,
        frames: impl IntoRanges,
    ) -> Result<Self, EditError> {
        self.row.answer_object(
            self.id,
            self.place,
            attribute.as_ref(),
            answer.into_answer(),
            Some(&frames.into_ranges()),
        )?;
        Ok(self)
    }

    /// Takes the answers to an attribute out, static and dynamic.
    ///
    /// # Errors
    /// No such attribute.
    pub fn clear_answer(self, attribute: impl AsRef<str>) -> Result<Self, EditError> {
        self.row.clear_object_answer(self.id, attribute.as_ref(), None)?;
        Ok(self)
    }

    /// Takes the answers to a dynamic attribute out on some frames.
    ///
    /// # Errors
    /// No such attribute, or one that is not dynamic.
    pub fn clear_answer_on(self, attribute: impl AsRef<str>, frames: impl IntoRanges) -> Result<Self, EditError> {
        self.row.clear_object_answer(self.id, attribute.as_ref(), Some(&frames.into_ranges()))?;
        Ok(self)
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

/// An object on one frame that is being edited; see [`ObjectEdit::at`](super::ObjectEdit::at).
#[derive(Debug)]
pub struct FrameEdit<'r> {
    pub(crate) row: &'r mut LabelRow,
    pub(crate) id: Idx<ObjectRecord>,
    pub(crate) placement: Placement,
    pub(crate) bounds: Bounds,
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
    pub fn set(self, coordinates: impl IntoCoordinates) -> Result<Self, EditError> {
        let coordinates = coordinates.into_coordinates();
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

    /// Marks the label as made by a person.
    ///
    /// # Errors
    /// More than fits a label row.
    pub fn manual(self) -> Result<Self, EditError> {
        if self.object().is_manual() { Ok(self) } else { self.set_member("manualAnnotation", "true") }
    }

    /// Marks the label as made by a program.
    ///
    /// # Errors
    /// More than fits a label row.
    pub fn automatic(self) -> Result<Self, EditError> {
        if self.object().is_manual() { self.set_member("manualAnnotation", "false") } else { Ok(self) }
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
    pub fn copy_to(self, frames: impl IntoRanges) -> Result<Self, EditError> {
        self.row.copy_entry(self.id, self.placement, &frames.into_ranges())?;
        Ok(self)
    }

    /// Moves the object from this frame to another.
    ///
    /// # Errors
    /// A frame that the object is on already, that the media does not have, or that is of another size than a mask.
    pub fn move_to(mut self, frame: impl IntoFrameIndex) -> Result<Self, EditError> {
        let FrameIndex(frame) = frame.into_frame_index();
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
