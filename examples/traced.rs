//! Conversion of regions to outlines in pixels, with contour tracing for masks.

use agent_runtime::agent_platform::labels::Vertex;
use agent_runtime::media::{Croppable, Mask, PixelBox};
use agent_runtime::prelude::*;
use geo::{Coord, CoordsIter, LineString, MultiPolygon, Simplify, Validation};

use crate::outline;

/// Maximum distance between a simplified outline and the pixel borders of its mask, in pixels. Less than 0.5, so that
/// the outline covers the same pixels.
const TOLERANCE: f64 = 0.44;

/// Maximum vertices of an outline that is simplified. The check for intersections takes quadratic time.
const MAX_VERTICES: usize = 4000;

/// Width and height of the frame in pixels.
pub(crate) type Size = (u32, u32);

/// Returns the outline of a region. The outline of a mask covers the same pixels.
pub(crate) fn outlined(region: &AnyRegion, size: Size) -> Result<Polygon> {
    let exact = borders(region, size)?;
    let AnyRegion::Bitmask(_) = region else { return Ok(relative(&exact, size)) };
    let lighter = [1.0, 0.5, 0.25].map(|part| exact.simplify(TOLERANCE * part));
    let lighter =
        lighter.into_iter().filter(|lighter| lighter.coords_count() <= MAX_VERTICES).find(Validation::is_valid);
    Ok(relative(&lighter.unwrap_or(exact), size))
}

/// Returns the pixels that a region covers.
pub(crate) fn mask(region: &AnyRegion, (width, height): Size) -> Result<Mask> {
    region.mask(width, height).or_complain("The object is outside the image.")
}

/// Returns the borders of a region in pixels. Those of a mask run along its pixels.
pub(crate) fn borders(region: &AnyRegion, size: Size) -> Result<MultiPolygon> {
    let (width, height) = (f64::from(size.0), f64::from(size.1));
    Ok(match region {
        AnyRegion::BoundingBox(shape) => outline::from_box(shape, (width, height)),
        AnyRegion::RotatableBoundingBox(shape) => outline::from_rotated_box(shape, (width, height)),
        AnyRegion::Polygon(shape) => outline::from_polygon(shape, (width, height)),
        AnyRegion::Bitmask(_) => traced(&mask(region, size)?),
    })
}

/// Converts pixels to relative coordinates, where rings do not repeat their first vertex.
fn relative(outline: &MultiPolygon, (width, height): Size) -> Polygon {
    let vertex = |at: &Coord| Vertex::from((at.x / f64::from(width), at.y / f64::from(height)));
    let ring = |ring: &LineString| ring.0.iter().skip(1).map(vertex).collect();
    let rings =
        |polygon: &geo::Polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()).map(ring).collect();
    Polygon { polygons: outline.iter().map(rings).collect() }
}

/// Directions of a pixel's sides, clockwise from the upper one: east, south, west, north.
const AHEAD: [(i64, i64); 4] = [(1, 0), (0, 1), (-1, 0), (0, -1)];

/// Traces the borders of a mask: one polygon with holes for each 4-connected component.
fn traced(mask: &Mask) -> MultiPolygon {
    let PixelBox { x: left, y: top, width, height } = mask.pixels();
    let (width, height) = (i64::from(width), i64::from(height));
    let within = |x, y| (0..width).contains(&x) && (0..height).contains(&y);
    let index = |(x, y)| usize::try_from(y * width + x).ok().filter(|_| within(x, y));
    let inside = |at| index(at).is_some_and(|index| mask.inside()[index]);
    let mut part_of: Vec<Option<usize>> = vec![None; mask.inside().len()];
    let mut upper_side_done = vec![false; mask.inside().len()];
    let mut parts: Vec<geo::Polygon> = Vec::new();
    for start in (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).filter(|at| inside(*at)) {
        let Some(pixel) = index(start) else { continue };
        if inside((start.0, start.1 - 1)) || upper_side_done[pixel] {
            continue;
        }
        let ring = ring_from(start, inside, |at| index(at).into_iter().for_each(|at| upper_side_done[at] = true));
        let ring = ring.into_iter().map(|(x, y)| (x + f64::from(left), y + f64::from(top))).collect();
        match part_of[pixel].and_then(|part| parts.get_mut(part)) {
            Some(part) => part.interiors_push(ring),
            // The first pixel of a component is on its outer border, not on that of a hole.
            None => {
                let mut next = vec![start];
                while let Some(at) = next.pop() {
                    if let Some(new) = index(at).filter(|new| mask.inside()[*new] && part_of[*new].is_none()) {
                        part_of[new] = Some(parts.len());
                        next.extend(AHEAD.map(|(x, y)| (at.0 + x, at.1 + y)));
                    }
                }
                parts.push(geo::Polygon::new(ring, Vec::new()));
            }
        }
    }
    parts.into()
}

/// Traces a border with the mask to the right, starting at the upper side of a pixel. Returns the corners, and calls
/// `passed` for each upper side on the way.
#[expect(clippy::cast_precision_loss, reason = "no image has 2^53 columns")]
fn ring_from(
    start: (i64, i64),
    inside: impl Fn((i64, i64)) -> bool,
    mut passed: impl FnMut((i64, i64)),
) -> Vec<(f64, f64)> {
    let (mut at, mut side, mut corners) = (start, 0, Vec::new());
    loop {
        if side == 0 {
            passed(at);
        }
        let (ahead, out) = (AHEAD[side], AHEAD[(side + 3) % 4]);
        let next = (at.0 + ahead.0, at.1 + ahead.1);
        let across = (next.0 + out.0, next.1 + out.1);
        // Distance from the pixel's centre to the corner at the end of the side. Where two components touch only at
        // this corner, their borders stay separate.
        let reach = if !inside(next) && inside(across) { 0.4 } else { 0.5 };
        let corner = |middle: i64, along: i64, out: i64| middle as f64 + 0.5 + reach * (along + out) as f64;
        let corner = (corner(at.0, ahead.0, out.0), corner(at.1, ahead.1, out.1));
        match (inside(next), inside(across)) {
            (false, _) => side = (side + 1) % 4,
            (true, false) => at = next,
            (true, true) => (at, side) = (across, (side + 3) % 4),
        }
        if !inside(next) || inside(across) {
            corners.push(corner);
        }
        if (at, side) == (start, 0) {
            return corners;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts_and_holes<const WIDTH: usize, const HEIGHT: usize>(rows: [&[u8; WIDTH]; HEIGHT]) -> (usize, usize) {
        let pixels: Vec<u8> = rows.into_iter().flatten().map(|byte| u8::from(*byte == b'#')).collect();
        let mask = Bitmask::from_rows(WIDTH as u64, HEIGHT as u64, &pixels).unwrap();
        let outline =
            borders(&AnyRegion::Bitmask(mask), (WIDTH.try_into().unwrap(), HEIGHT.try_into().unwrap())).unwrap();
        assert!(outline.is_valid(), "{outline:?}");
        (outline.0.len(), outline.iter().map(|part| part.interiors().len()).sum())
    }

    #[test]
    fn components_are_4_connected_and_holes_8_connected() {
        assert_eq!(parts_and_holes([b"#..", b".##"]), (2, 0));
        assert_eq!(parts_and_holes([b"####", b"#.##", b"##.#", b"####"]), (1, 1));
        assert_eq!(parts_and_holes([b"#####", b"#...#", b"#.#.#", b"#...#", b"#####"]), (2, 1));
        assert_eq!(parts_and_holes([b"###", b"#.#", b"##."]), (1, 0));
    }
}
