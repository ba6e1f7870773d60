//! Rasterization of outlines.

use super::error::CropError;
use super::mask::Mask;
use super::pixel_box::{PixelBox, pixel};
use crate::labels::{BoundingBox, Vertex};

/// A point in the image, in pixels from its upper left corner.
pub(super) type PixelPosition = [f64; 2];

pub(super) fn at(x: f64, y: f64, width: u32, height: u32) -> PixelPosition {
    [x * f64::from(width), y * f64::from(height)]
}

pub(super) fn ring(vertices: &[Vertex], width: u32, height: u32) -> Vec<PixelPosition> {
    vertices.iter().map(|vertex| at(vertex.x, vertex.y, width, height)).collect()
}

/// Returns the bounding box of some points.
pub(super) fn pixels(
    places: impl IntoIterator<Item = PixelPosition>,
    width: u32,
    height: u32,
) -> Result<PixelBox, CropError> {
    let nowhere = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    let [left, top, right, bottom] = places.into_iter().fold(nowhere, |[left, top, right, bottom], [x, y]| {
        // `f64::min` and `f64::max` ignore NaN.
        if x.is_nan() || y.is_nan() {
            return [f64::NAN; 4];
        }
        [left.min(x), top.min(y), right.max(x), bottom.max(y)]
    });
    let (wide, high) = (f64::from(width), f64::from(height));
    let around =
        BoundingBox { x: left / wide, y: top / high, width: (right - left) / wide, height: (bottom - top) / high };
    PixelBox::from_bounding_box(&around, width, height)
}

/// Rasterizes polygons. A pixel is set if its centre lies within the outer ring and outside the holes of a polygon.
pub(super) fn mask(pixels: PixelBox, polygons: &[Vec<Vec<PixelPosition>>]) -> Mask {
    let mut crossings = Vec::new();
    Mask::new(pixels, |y, row| {
        let middle = f64::from(y) + 0.5;
        for rings in polygons {
            crossings.clear();
            crossings.extend(rings.iter().flat_map(|ring| edges(ring)).filter_map(|edge| crossing(edge, middle)));
            crossings.sort_unstable_by(f64::total_cmp);
            for [from, to] in crossings.as_chunks::<2>().0 {
                let column = |x: f64| (x - 0.5 - f64::from(pixels.x)).ceil().max(0.0);
                let [from, to] = [*from, *to].map(|x| (pixel(column(x)) as usize).min(row.len()));
                row[from..to].fill(true);
            }
        }
    })
}

fn edges(ring: &[PixelPosition]) -> impl Iterator<Item = [PixelPosition; 2]> {
    ring.iter().zip(ring.iter().cycle().skip(1)).map(|(from, to)| [*from, *to])
}

/// Returns the x coordinate at which an edge crosses the middle of a row. An endpoint on the line counts for the edge
/// above it only.
fn crossing([[from_x, from_y], [to_x, to_y]]: [PixelPosition; 2], middle: f64) -> Option<f64> {
    ((from_y <= middle) != (to_y <= middle)).then(|| from_x + (middle - from_y) * (to_x - from_x) / (to_y - from_y))
}
