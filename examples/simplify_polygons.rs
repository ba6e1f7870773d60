//! Makes polygons lighter: what a brush or a model draws has many more vertices than its outline needs.

use agent_runtime::agent_platform::labels::Vertex;
use agent_runtime::prelude::*;
use geo::{LineString, MultiPolygon, SimplifyIdx, Validation};

/// How far the outline may move, in pixels.
const TOLERANCE: f64 = 1.5;

/// Simplifies the selected polygons, or all on the frame, by up to 1.5 pixels.
///
/// Outlines and holes keep at least three vertices, and an outline that was valid stays valid.
#[editor_agent]
async fn simplify_polygons(
    frame: Frame,
    selected: Selected<Polygon>,
    all: FrameObjects<Polygon>,
    row: &mut LabelRow,
) -> Result<String> {
    let polygons: &[_] = if selected.is_empty() { &all } else { &selected };
    ensure!(!polygons.is_empty(), "There is no polygon on this frame.");
    let size = row.frame(frame).size().or_complain("The platform does not say how large this frame is.")?;
    let (mut before, mut after) = (0, 0);
    for polygon in polygons {
        let lighter = simplified(&polygon.coordinates, size);
        before += polygon.coordinates.vertex_count();
        after += lighter.vertex_count();
        if lighter != polygon.coordinates {
            row.edit(polygon.hash())?.at(frame)?.set(lighter)?;
        }
    }
    Ok(match before - after {
        0 => format!("Nothing to simplify: {before} vertices are all needed."),
        _ => format!("{before} vertices before, {after} after."),
    })
}

/// The polygon without the vertices that it does not need, the others being exactly what they were.
fn simplified(polygon: &Polygon, size: (u64, u64)) -> Polygon {
    let was_valid = in_pixels(polygon, size).is_valid();
    // Less and less, as long as simplifying would make outlines cross.
    let mut tolerances = (0..6).map(|halvings| TOLERANCE / f64::from(1 << halvings));
    let lighter = tolerances.find_map(|tolerance| {
        let ring = |ring: &Vec<Vertex>| simplified_ring(ring, size, tolerance);
        let polygons = polygon.polygons.iter().map(|rings| rings.iter().map(ring).collect()).collect();
        let lighter = Polygon { polygons };
        (!was_valid || in_pixels(&lighter, size).is_valid()).then_some(lighter)
    });
    lighter.unwrap_or_else(|| polygon.clone())
}

fn simplified_ring(ring: &[Vertex], size: (u64, u64), tolerance: f64) -> Vec<Vertex> {
    let mut needed = closed(ring, size).simplify_idx(tolerance);
    // The last one is the first again.
    needed.pop();
    match needed.len() {
        0..3 => ring.to_vec(),
        _ => needed.into_iter().filter_map(|index| ring.get(index)).copied().collect(),
    }
}

#[expect(clippy::cast_precision_loss, reason = "no image has 2^53 columns")]
fn closed(ring: &[Vertex], (width, height): (u64, u64)) -> LineString {
    let mut line: LineString = ring.iter().map(|v| (v.x * width as f64, v.y * height as f64)).collect();
    line.close();
    line
}

fn in_pixels(polygon: &Polygon, size: (u64, u64)) -> MultiPolygon {
    let of = |rings: &Vec<Vec<Vertex>>| {
        let mut rings = rings.iter().map(|ring| closed(ring, size));
        geo::Polygon::new(rings.next().unwrap_or(LineString::empty()), rings.collect())
    };
    polygon.polygons.iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    const SIZE: (u64, u64) = (1000, 500);

    fn circle(radius: f64, vertices: u32) -> Vec<Vertex> {
        let at = |n| TAU * f64::from(n) / f64::from(vertices);
        (0..vertices).map(|n| (0.5 + radius * at(n).cos() / 2.0, 0.5 + radius * at(n).sin()).into()).collect()
    }

    #[test]
    fn an_outline_moves_by_pixels_and_not_by_parts_of_the_image() {
        let polygon = Polygon { polygons: vec![vec![circle(0.4, 720), circle(0.2, 360)]] };
        let lighter = simplified(&polygon, SIZE);
        assert!(lighter.vertex_count() < 80, "{} vertices", lighter.vertex_count());
        assert!(lighter.rings().flatten().all(|vertex| polygon.rings().flatten().any(|was| was == vertex)));
        // A circle of 200 pixels may lose 1.5 pixels everywhere at most.
        let lost = 1.0 - lighter.area() / polygon.area();
        assert!(lost.abs() < 0.015, "{lost}");
    }

    #[test]
    fn a_polygon_of_three_vertices_stays() {
        let speck = Polygon::new([(0.5, 0.5), (0.5005, 0.5), (0.5, 0.5005)]);
        assert_eq!(simplified(&speck, SIZE), speck);
    }

    #[test]
    fn a_hole_close_to_the_border_does_not_get_out() {
        // The border bulges by 1.4 pixels, and the hole fills the bulge.
        let border = [(0.1, 0.1), (0.5, 0.0972), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9)];
        let hole = [(0.45, 0.0984), (0.55, 0.0984), (0.5, 0.2)];
        let rings = |ring: &[(f64, f64)]| ring.iter().map(|vertex| Vertex::from(*vertex)).collect::<Vec<_>>();
        let polygon = Polygon { polygons: vec![vec![rings(&border), rings(&hole)]] };
        assert!(in_pixels(&polygon, SIZE).is_valid());
        let lighter = simplified(&polygon, SIZE);
        assert!(in_pixels(&lighter, SIZE).is_valid());
        assert_eq!(lighter, polygon);
    }
}
