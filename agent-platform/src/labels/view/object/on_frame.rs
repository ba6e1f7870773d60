//! An object on one frame.

use std::fmt;

use crate::json::{NodeId, boolean, member, open_enum, string};
use crate::labels::error::ReadError;
use crate::labels::geometry::{AnyCoordinates, Coordinates};
use crate::labels::index::Placement;
use crate::labels::row::LabelRow;
use crate::ontology::{ObjectClass, Shape};

use super::Object;
use crate::labels::view::authorship::authorship;

open_enum! {
    /// What an entry on a continuous scene says (contract: `label-format.md`, section 10).
    SceneEvent {
        /// From here on the object is there, with these coordinates.
        Upsert = "upsert",
        /// From here on the object is not there.
        Delete = "delete",
    }
}

/// An object on one frame of the data or of a space.
#[derive(Clone, Copy)]
pub struct FrameObject<'r> {
    pub(crate) row: &'r LabelRow,
    pub(crate) object: u32,
    pub(crate) placement: Placement,
}

impl<'r> FrameObject<'r> {
    /// The object, on whichever frames it is.
    #[must_use]
    pub fn object(&self) -> Object<'r> {
        Object { row: self.row, id: self.object }
    }

    /// The object hash.
    #[must_use]
    pub fn hash(&self) -> &'r str {
        &self.row.index.object(self.object).hash
    }

    /// The feature hash of its class; empty if the row does not say one.
    #[must_use]
    pub fn feature_hash(&self) -> &'r str {
        self.object().feature_hash()
    }

    /// Its class, if the ontology has it.
    #[must_use]
    pub fn class(&self) -> Option<&'r ObjectClass> {
        self.object().class()
    }

    /// The frame, from 0; nanoseconds on continuous scenes.
    #[must_use]
    pub fn frame(&self) -> u64 {
        self.row.index.blob(self.placement.blob).frame
    }

    /// The id of the space, if it is in one.
    #[must_use]
    pub fn space_id(&self) -> Option<&'r str> {
        let place = self.row.index.blob(self.placement.blob).place;
        self.row.index.space(place).map(|space| &*space.id)
    }

    fn entry(&self) -> NodeId {
        self.placement.entry
    }

    fn entry_text(&self) -> &'r str {
        self.row.tree.text(self.entry())
    }

    /// The whole entry as JSON, with what this crate does not know.
    #[must_use]
    pub fn json(&self) -> &'r str {
        self.entry_text()
    }

    /// The shape that the entry says it has, or that its geometry shows.
    #[must_use]
    pub fn shape(&self) -> Option<Shape> {
        AnyCoordinates::shape_of_entry(self.entry_text())
    }

    /// The coordinates, as those of a shape: `object.coordinates::<Polygon>()`.
    ///
    /// # Errors
    /// Another shape, or coordinates that cannot be made sense of.
    pub fn coordinates<S: Coordinates>(&self) -> Result<S, ReadError> {
        let any = self.any_coordinates()?;
        let shape = any.shape();
        S::from_any(any).ok_or_else(|| ReadError::OtherShape { hash: self.hash().to_owned(), shape, wanted: S::SHAPE })
    }

    /// The coordinates, whatever their shape.
    ///
    /// # Errors
    /// A shape that this crate does not know, or coordinates that cannot be made sense of; [`Self::json`] has them.
    pub fn any_coordinates(&self) -> Result<AnyCoordinates, ReadError> {
        AnyCoordinates::of_entry(self.entry_text()).map_err(|shape| ReadError::Malformed {
            hash: self.hash().to_owned(),
            what: shape.map_or_else(|| "the shape".to_owned(), |shape| shape.to_string()),
        })
    }

    /// Whether the object is of this shape.
    #[must_use]
    pub fn is<S: Coordinates>(&self) -> bool {
        self.shape() == Some(S::SHAPE)
    }

    /// Whether the entry is marked as deleted, if that is said.
    #[must_use]
    pub fn is_deleted(&self) -> Option<bool> {
        member(self.entry_text(), "isDeleted").and_then(boolean)
    }

    /// What the entry says on a continuous scene; upsert if it says nothing.
    #[must_use]
    pub fn event(&self) -> SceneEvent {
        let event = member(self.entry_text(), "event").and_then(string);
        event.map_or(SceneEvent::Upsert, |word| SceneEvent::from(word.as_ref()))
    }

    /// How the coordinates change until the next event, such as `hold` or `linear`, if that is said.
    #[must_use]
    pub fn interpolation(&self) -> Option<String> {
        member(self.entry_text(), "interpolate").and_then(string).map(std::borrow::Cow::into_owned)
    }
}

impl fmt::Debug for FrameObject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FrameObject").field("hash", &self.hash()).field("frame", &self.frame()).finish_non_exhaustive()
    }
}

authorship!(FrameObject);
