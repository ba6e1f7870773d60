//! Shapes of object classes.

use crate::json::open_enum;

open_enum! {
    /// Shape of the objects of a class (contract: `docs/contract/label-format.md#shapes`).
    Shape {
        /// An axis-aligned box.
        BoundingBox = "bounding_box",
        /// A rotated box.
        RotatableBoundingBox = "rotatable_bounding_box",
        /// One or more polygons with holes.
        Polygon = "polygon",
        /// An open line, in 2D or 3D.
        Polyline = "polyline",
        /// A point, in 2D or 3D.
        Point = "point",
        /// Named points connected by a template.
        Skeleton = "skeleton",
        /// A mask of the whole image.
        Bitmask = "bitmask",
        /// A 3D box.
        Cuboid = "cuboid",
        /// A 3D box projected onto an image.
        Cuboid2d = "cuboid_2d",
        /// A circle, which may be stretched.
        Circle = "circle",
        /// An ellipse.
        Ellipse = "ellipse",
        /// Points of a point cloud.
        Segmentation = "segmentation",
        /// Ranges of audio, in milliseconds.
        Audio = "audio",
        /// Ranges of a time series.
        TimeRange = "time_range",
        /// Ranges of a text in characters, or of an HTML page.
        Text = "text",
    }
}

impl Shape {
    /// Returns `true` if objects of this shape cover ranges of a file instead of having coordinates on frames.
    #[must_use]
    pub fn is_range(&self) -> bool {
        matches!(self, Self::Audio | Self::TimeRange | Self::Text)
    }
}
