//! Polygons: outlines with holes.

use crate::json::{elements, float, is_array, is_null};

use super::boxes::BoundingBox;
use super::fields::array;
use super::finite::finite;
use super::point::{Vertex, indexed};
use super::simplify;

/// One or more outlines, each with any number of holes (contract: `docs/contract/label-format.md#polygon`).
///
/// On the wire it is written twice: in full under `polygons`, and its first outline under `polygon`. Both are read and
/// both are written.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Polygon {
    /// The outlines. The first ring of each is its border, the others are holes. No ring repeats its first vertex.
    pub polygons: Vec<Vec<Vec<Vertex>>>,
}

impl Polygon {
    pub(super) const KEY: &'static str = "polygon";
    pub(super) const ALL_KEY: &'static str = "polygons";

    /// One outline without holes.
    pub fn new<V: Into<Vertex>>(outline: impl IntoIterator<Item = V>) -> Self {
        Self { polygons: vec![vec![outline.into_iter().map(Into::into).collect()]] }
    }

    /// The border of the first outline.
    #[must_use]
    pub fn outline(&self) -> &[Vertex] {
        self.polygons.first().and_then(|polygon| polygon.first()).map(Vec::as_slice).unwrap_or_default()
    }

    /// Every ring: borders and holes.
    pub fn rings(&self) -> impl Iterator<Item = &Vec<Vertex>> {
        self.polygons.iter().flatten()
    }

    /// Returns the number of vertices of all rings.
    #[must_use]
    pub fn vertex_count(&self) -> usize {
        self.rings().map(Vec::len).sum()
    }

    /// Leaves out vertices that are closer than `tolerance` to the outline without them, relative to the image
    /// (Ramer-Douglas-Peucker). Rings keep at least three vertices. Gives how many were left out.
    pub fn simplify(&mut self, tolerance: f64) -> usize {
        let before = self.vertex_count();
        for ring in self.polygons.iter_mut().flatten() {
            let flat: Vec<[f64; 3]> = ring.iter().map(|vertex| [vertex.x, vertex.y, 0.0]).collect();
            let mut keep = simplify::closed(&flat, tolerance).into_iter();
            ring.retain(|_| keep.next().unwrap_or(true));
        }
        before - self.vertex_count()
    }

    /// The part of the image that it covers, with sides 1: borders without holes.
    #[must_use]
    pub fn area(&self) -> f64 {
        let of = |polygon: &Vec<Vec<Vertex>>| {
            let mut rings = polygon.iter().map(|ring| ring_area(ring));
            rings.next().unwrap_or(0.0) - rings.sum::<f64>()
        };
        self.polygons.iter().map(of).sum()
    }

    /// The smallest box around all vertices; `None` if there are none.
    #[must_use]
    pub fn bounding_box(&self) -> Option<BoundingBox> {
        let mut vertices = self.rings().flatten();
        let first = vertices.next()?;
        let start = (first.x, first.y, first.x, first.y);
        let (left, top, right, bottom) = vertices.fold(start, |(left, top, right, bottom), vertex| {
            (left.min(vertex.x), top.min(vertex.y), right.max(vertex.x), bottom.max(vertex.y))
        });
        Some(BoundingBox { x: left, y: top, width: right - left, height: bottom - top })
    }

    /// From both spellings; `polygons` wins.
    pub(super) fn parse(single: Option<&str>, all: Option<&str>) -> Option<Self> {
        if let Some(all) = all.filter(|all| !is_null(all)) {
            let polygons: Option<Vec<_>> = elements(all).map(parse_polygon).collect();
            let polygon = Self { polygons: polygons.filter(|_| is_array(all))? };
            if polygon.vertex_count() > 0 || single.is_none() {
                return Some(polygon);
            }
        }
        let outline = indexed(single?)?.into_iter().map(Vertex::parse).collect::<Option<_>>()?;
        Some(Self { polygons: vec![vec![outline]] })
    }

    /// `polygon`: the first border.
    pub(super) fn single_to_json(&self) -> String {
        let vertices = self.outline().iter().enumerate();
        let vertices: Vec<String> =
            vertices.map(|(index, vertex)| format!("\"{index}\":{}", vertex.to_json())).collect();
        format!("{{{}}}", vertices.join(","))
    }

    /// `polygons`: everything.
    pub(super) fn all_to_json(&self) -> String {
        let ring = |ring: &Vec<Vertex>| array(ring.iter().flat_map(|vertex| [vertex.x, vertex.y]));
        let polygon =
            |polygon: &Vec<Vec<Vertex>>| format!("[{}]", polygon.iter().map(ring).collect::<Vec<_>>().join(","));
        format!("[{}]", self.polygons.iter().map(polygon).collect::<Vec<_>>().join(","))
    }

    pub(super) fn problem(&self) -> Option<&'static str> {
        let empty =
            self.polygons.is_empty() || self.polygons.iter().any(|polygon| polygon.first().is_none_or(Vec::is_empty));
        empty.then_some("every polygon needs a border")
    }
}

finite!(Polygon, [self => self.rings().flatten().flat_map(|vertex| [vertex.x, vertex.y])]);

fn parse_polygon(text: &str) -> Option<Vec<Vec<Vertex>>> {
    if !is_array(text) {
        return None;
    }
    elements(text).map(parse_ring).collect()
}

fn parse_ring(text: &str) -> Option<Vec<Vertex>> {
    if !is_array(text) {
        return None;
    }
    let numbers: Vec<f64> = elements(text).map(float).collect::<Option<_>>()?;
    let (pairs, []) = numbers.as_chunks::<2>() else { return None };
    Some(pairs.iter().map(|[x, y]| Vertex { x: *x, y: *y }).collect())
}

/// The area inside a ring, in either direction.
pub(super) fn ring_area(ring: &[Vertex]) -> f64 {
    let next = ring.iter().cycle().skip(1);
    let twice: f64 = ring.iter().zip(next).map(|(a, b)| a.x * b.y - b.x * a.y).sum();
    twice.abs() / 2.0
}
