//! Simplifies polygons. Brushes and models create many more vertices than the outline needs.

use agent_runtime::agent_platform::labels::Vertex;
use agent_runtime::prelude::*;
use geo::{SimplifyIdx, Validation};

use crate::outline::{self, Size};

/// Maximum distance between the old and the new outline, in pixels.
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
    let (width, height) = row.frame(frame).size().or_complain("The size of this frame is unknown.")?;
    let size = (f64::from(u32::try_from(width)?), f64::from(u32::try_from(height)?));
    let (mut before, mut after) = (0, 0);
    for polygon in polygons {
        let shape = polygon.coordinates.clone();
        // Checking for intersections takes seconds for thousands of vertices.
        let lighter = tokio::task::spawn_blocking(move || simplified(&shape, size)).await?;
        before += polygon.coordinates.vertex_count();
        after += lighter.vertex_count();
        if lighter != polygon.coordinates {
            row.edit(polygon)?.at(frame)?.set(lighter)?;
        }
    }
    Ok(match before - after {
        0 => format!("Nothing to simplify: {before} vertices are all needed."),
        _ => format!("{before} vertices before, {after} after."),
    })
}

/// Returns the polygon without redundant vertices. The remaining vertices are unchanged.
fn simplified(polygon: &Polygon, size: Size) -> Polygon {
    let was_valid = outline::from_polygon(polygon, size).is_valid();
    // Reduces the tolerance while the simplified outlines intersect.
    let mut tolerances = (0..6).map(|halvings| TOLERANCE / f64::from(1 << halvings));
    let lighter = tolerances.find_map(|tolerance| {
        let ring = |ring: &Vec<Vertex>| simplified_ring(ring, size, tolerance);
        let polygons = polygon.polygons.iter().map(|rings| rings.iter().map(ring).collect()).collect();
        let lighter = Polygon { polygons };
        (!was_valid || outline::from_polygon(&lighter, size).is_valid()).then_some(lighter)
    });
    lighter.unwrap_or_else(|| polygon.clone())
}

fn simplified_ring(ring: &[Vertex], size: Size, tolerance: f64) -> Vec<Vertex> {
    let mut needed = outline::from_ring(ring, size).simplify_idx(tolerance);
    // The last vertex repeats the first one.
    needed.pop();
    match needed.len() {
        0..3 => ring.to_vec(),
        _ => needed.into_iter().filter_map(|index| ring.get(index)).copied().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    const SIZE: Size = (1000.0, 500.0);

    fn circle(radius: f64, vertices: u32) -> Vec<Vertex> {
        let at = |n| TAU * f64::from(n) / f64::from(vertices);
        (0..vertices).map(|n| (0.5 + radius * at(n).cos() / 2.0, 0.5 + radius * at(n).sin()).into()).collect()
    }

    #[test]
    fn tolerance_is_in_pixels() {
        let polygon = Polygon { polygons: vec![vec![circle(0.4, 720), circle(0.2, 360)]] };
        let lighter = simplified(&polygon, SIZE);
        assert!(lighter.vertex_count() < 80, "{} vertices", lighter.vertex_count());
        assert!(lighter.rings().flatten().all(|vertex| polygon.rings().flatten().any(|was| was == vertex)));
        // A circle with a radius of 200 pixels loses at most 1.5 pixels.
        let lost = 1.0 - lighter.area() / polygon.area();
        assert!(lost.abs() < 0.015, "{lost}");
    }

    #[test]
    fn keeps_polygon_of_three_vertices() {
        let speck = Polygon::new([(0.5, 0.5), (0.5005, 0.5), (0.5, 0.5005)]);
        assert_eq!(simplified(&speck, SIZE), speck);
    }

    #[test]
    fn keeps_hole_inside_border() {
        // The border bulges by 1.4 pixels, and the hole fills the bulge.
        let border = [(0.1, 0.1), (0.5, 0.0972), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9)];
        let hole = [(0.45, 0.0984), (0.55, 0.0984), (0.5, 0.2)];
        let rings = |ring: &[(f64, f64)]| ring.iter().map(|vertex| Vertex::from(*vertex)).collect::<Vec<_>>();
        let polygon = Polygon { polygons: vec![vec![rings(&border), rings(&hole)]] };
        assert!(outline::from_polygon(&polygon, SIZE).is_valid());
        let lighter = simplified(&polygon, SIZE);
        assert!(outline::from_polygon(&lighter, SIZE).is_valid());
        assert_eq!(lighter, polygon);
    }
}
