//! The label rows of these tests: those of the Python SDK's own tests.

use test_support::rows::RowSet;

/// Opens the rows.
pub(crate) fn open() -> RowSet {
    RowSet::fixtures()
}

/// Shapes of the objects.
pub(crate) const SHAPES: &[&str] =
    &["audio", "bitmask", "bounding_box", "cuboid", "point", "polygon", "polyline", "segmentation", "skeleton", "text"];
