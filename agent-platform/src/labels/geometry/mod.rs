//! Coordinates: what an object looks like on a frame, shape by shape.

mod any;
mod bitmask;
mod boxes;
mod clip;
mod cuboid;
mod extent;
mod fields;
mod finite;
mod overlap;
mod point;
mod polygon;
mod rle;
mod round;
mod segmentation;
mod simplify;
mod skeleton;

pub use any::{AnyCoordinates, Coordinates, IntoCoordinates};
pub use bitmask::Bitmask;
pub use boxes::{BoundingBox, RotatableBoundingBox};
pub(crate) use clip::Unclipped;
pub use cuboid::{Cuboid, Cuboid2d, Cuboid2dDepth};
pub(crate) use extent::Extent;
pub use point::{Point, Polyline, Vertex};
pub use polygon::Polygon;
pub use rle::{decode_runs, encode_runs};
pub use round::{Circle, Ellipse};
pub use segmentation::Segmentation;
pub use skeleton::{Skeleton, SkeletonVertex, Visibility};
