//! Shapes of object classes, as associated types.

use crate::labels::{AnyCoordinates, Coordinates, FrameObject, Object, Ranges, ReadError};

/// The shape of an object class: one with coordinates, such as [`Polygon`](crate::labels::Polygon), or [`Ranges`] for objects that
/// cover ranges of a file.
pub trait LabelShape: Clone + Send + Sync + 'static {
    /// Reads the shape of an object on a frame.
    ///
    /// # Errors
    /// The object has another shape, or its coordinates are malformed.
    fn read(object: &FrameObject<'_>) -> Result<Self, ReadError>;

    /// Reads the shape of an object that is not on a frame. `None` if such an object has no shape.
    fn read_ranged(object: &Object<'_>) -> Option<Result<Self, ReadError>>;

    /// Returns the coordinates, if the shape has some.
    fn into_any(self) -> Option<AnyCoordinates>;
}

impl<S: Coordinates> LabelShape for S {
    fn read(object: &FrameObject<'_>) -> Result<Self, ReadError> {
        object.coordinates()
    }

    fn read_ranged(_: &Object<'_>) -> Option<Result<Self, ReadError>> {
        None
    }

    fn into_any(self) -> Option<AnyCoordinates> {
        Some(self.into())
    }
}

impl LabelShape for Ranges {
    fn read(object: &FrameObject<'_>) -> Result<Self, ReadError> {
        object.object().ranges()
    }

    fn read_ranged(object: &Object<'_>) -> Option<Result<Self, ReadError>> {
        Some(object.ranges())
    }

    fn into_any(self) -> Option<AnyCoordinates> {
        None
    }
}
