//! A shape of any kind that covers a part of the image.

use agent_platform::labels::{
    AnyCoordinates, Bitmask, BoundingBox, FrameObject, Polygon, ReadError, RotatableBoundingBox,
};
use agent_platform::media::{CropError, Croppable, Mask, PixelBox};
use agent_platform::ontology::Shape;

use crate::extract::object_instance::{ReadShape, ShapeOnFrame};

/// A shape of any kind that can be cut out of an image, for [`Crops`](super::Crops).
#[derive(Debug, Clone, PartialEq)]
pub enum AnyRegion {
    /// A box along the axes.
    BoundingBox(BoundingBox),
    /// A rotated box.
    RotatableBoundingBox(RotatableBoundingBox),
    /// Outlines with holes.
    Polygon(Polygon),
    /// A mask.
    Bitmask(Bitmask),
}

impl AnyRegion {
    fn croppable(&self) -> &dyn Croppable {
        match self {
            Self::BoundingBox(shape) => shape,
            Self::RotatableBoundingBox(shape) => shape,
            Self::Polygon(shape) => shape,
            Self::Bitmask(shape) => shape,
        }
    }
}

#[diagnostic::do_not_recommend]
impl ShapeOnFrame for AnyRegion {
    type Reader = Self;
}

impl ReadShape<Self> for AnyRegion {
    fn name() -> String {
        "bounding box, rotatable bounding box, polygon or bitmask".to_owned()
    }

    fn read(object: &FrameObject<'_>) -> Result<Self, ReadError> {
        let any = object.any_coordinates()?;
        let shape = any.shape();
        match any {
            AnyCoordinates::BoundingBox(shape) => Ok(Self::BoundingBox(shape)),
            AnyCoordinates::RotatableBoundingBox(shape) => Ok(Self::RotatableBoundingBox(shape)),
            AnyCoordinates::Polygon(shape) => Ok(Self::Polygon(shape)),
            AnyCoordinates::Bitmask(shape) => Ok(Self::Bitmask(shape)),
            // One of those wanted stands for all; the annotator is told the name above.
            _ => Err(ReadError::OtherShape { hash: object.hash().to_owned(), shape, wanted: Shape::BoundingBox }),
        }
    }
}

impl Croppable for AnyRegion {
    fn pixels(&self, width: u32, height: u32) -> Result<PixelBox, CropError> {
        self.croppable().pixels(width, height)
    }

    fn mask(&self, width: u32, height: u32) -> Result<Mask, CropError> {
        self.croppable().mask(width, height)
    }
}
