//! The label rows of these tests: those in `tests/recordings/rows`.

use test_support::rows::RowSet;

/// Opens the rows.
pub(crate) fn open() -> RowSet {
    RowSet::recorded()
}

/// Shapes of the objects: all.
pub(crate) const SHAPES: &[&str] = &[
    "audio",
    "bitmask",
    "bounding_box",
    "circle",
    "cuboid",
    "cuboid_2d",
    "ellipse",
    "point",
    "polygon",
    "polyline",
    "rotatable_bounding_box",
    "segmentation",
    "skeleton",
    "text",
    "time_range",
];
