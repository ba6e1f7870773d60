//! Conversion of shapes to polygons of the geometry library, in pixels.

use agent_runtime::agent_platform::labels::Vertex;
use agent_runtime::prelude::*;
use geo::{LineString, MultiPolygon, Rect};

/// Width and height of the frame in pixels.
pub(crate) type Size = (f64, f64);

/// Converts a bounding box.
pub(crate) fn from_box(shape: &BoundingBox, (width, height): Size) -> MultiPolygon {
    let (left, top) = (shape.x * width, shape.y * height);
    let opposite = (left + shape.width * width, top + shape.height * height);
    Rect::new((left, top), opposite).to_polygon().into()
}

/// Converts a rotatable bounding box.
pub(crate) fn from_rotated_box(shape: &RotatableBoundingBox, (width, height): Size) -> MultiPolygon {
    let corners = shape.corners(width, height).map(|[x, y]| (x, y));
    geo::Polygon::new(corners.into_iter().collect(), Vec::new()).into()
}

/// Converts a polygon with its holes.
pub(crate) fn from_polygon(shape: &Polygon, size: Size) -> MultiPolygon {
    let polygon = |rings: &Vec<Vec<Vertex>>| {
        let mut rings = rings.iter().map(|ring| from_ring(ring, size));
        geo::Polygon::new(rings.next().unwrap_or(LineString::empty()), rings.collect())
    };
    shape.polygons.iter().map(polygon).collect()
}

/// Converts a ring to a closed line.
pub(crate) fn from_ring(ring: &[Vertex], (width, height): Size) -> LineString {
    let mut line: LineString = ring.iter().map(|vertex| (vertex.x * width, vertex.y * height)).collect();
    line.close();
    line
}
