//! The shapes of object classes.

use crate::json::open_enum;

open_enum! {
    /// The shape that the objects of a class have (contract: `docs/contract/label-format.md#shapes`).
    Shape {
        /// A box along the axes of the image.
        BoundingBox = "bounding_box",
        /// A box turned about its centre.
        RotatableBoundingBox = "rotatable_bounding_box",
        /// One or more outlines with holes.
        Polygon = "polygon",
        /// An open line, in the image or in space.
        Polyline = "polyline",
        /// A point, in the image or in space.
        Point = "point",
        /// Named points joined by a template.
        Skeleton = "skeleton",
        /// A mask of the whole image.
        Bitmask = "bitmask",
        /// A box in space.
        Cuboid = "cuboid",
        /// A box drawn in perspective on an image.
        Cuboid2d = "cuboid_2d",
        /// A circle, which may be stretched.
        Circle = "circle",
        /// An ellipse.
        Ellipse = "ellipse",
        /// Points of a point cloud.
        Segmentation = "segmentation",
        /// Stretches of a sound, in milliseconds.
        Audio = "audio",
        /// Stretches of a time series.
        TimeRange = "time_range",
        /// Stretches of a text, in characters, or of an HTML page.
        Text = "text",
    }
}

impl Shape {
    /// Whether objects of this shape cover ranges of a file instead of having coordinates on frames.
    #[must_use]
    pub fn is_range(&self) -> bool {
        matches!(self, Self::Audio | Self::TimeRange | Self::Text)
    }
}
