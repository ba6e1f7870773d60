//! Points and lines, in the image or in space.

use crate::json::{elements, is_array, members};

use super::fields::{numbers, object};
use super::finite::finite;

/// A corner of an outline.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Vertex {
    /// From the left: normally 0 to 1.
    pub x: f64,
    /// From the top: normally 0 to 1.
    pub y: f64,
}

impl From<(f64, f64)> for Vertex {
    fn from((x, y): (f64, f64)) -> Self {
        Self { x, y }
    }
}

impl Vertex {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let [x, y] = numbers(text, ["x", "y"]);
        Some(Self { x: x?, y: y? })
    }

    pub(super) fn to_json(self) -> String {
        object(&[("x", self.x), ("y", self.y)])
    }
}

/// A point (contract: `docs/contract/label-format.md#geometry`).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// From the left, normally 0 to 1; in space, scene units.
    pub x: f64,
    /// From the top, normally 0 to 1; in space, scene units.
    pub y: f64,
    /// Only in space, in scene units.
    pub z: Option<f64>,
}

impl Point {
    pub(super) const KEY: &'static str = "point";

    /// A point in the image.
    #[must_use]
    pub const fn new(x: f64, y: f64) -> Self {
        Self { x, y, z: None }
    }

    /// A point in space.
    #[must_use]
    pub const fn in_space(x: f64, y: f64, z: f64) -> Self {
        Self { x, y, z: Some(z) }
    }

    fn parse_one(text: &str) -> Option<Self> {
        let [x, y, z] = numbers(text, ["x", "y", "z"]);
        Some(Self { x: x?, y: y?, z })
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        indexed(text)?.first().and_then(|text| Self::parse_one(text))
    }

    fn one_to_json(self) -> String {
        match self.z {
            Some(z) => object(&[("x", self.x), ("y", self.y), ("z", z)]),
            None => object(&[("x", self.x), ("y", self.y)]),
        }
    }

    pub(super) fn to_json(self) -> String {
        format!("{{\"0\":{}}}", self.one_to_json())
    }
}

finite!(Point, [self => [self.x, self.y, self.z.unwrap_or_default()]]);

/// An open line (contract: `docs/contract/label-format.md#geometry`).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Polyline {
    /// The points in order: all in the image, or all in space.
    pub points: Vec<Point>,
}

impl Polyline {
    pub(super) const KEY: &'static str = "polyline";

    /// A line through these points.
    pub fn new(points: impl IntoIterator<Item = Point>) -> Self {
        Self { points: points.into_iter().collect() }
    }

    /// Leaves out points that are closer than `tolerance` to the line without them, in units of the coordinates
    /// (Ramer-Douglas-Peucker). Gives how many were left out.
    pub fn simplify(&mut self, tolerance: f64) -> usize {
        let before = self.points.len();
        let flat: Vec<[f64; 3]> = self.points.iter().map(|point| [point.x, point.y, point.z.unwrap_or(0.0)]).collect();
        let mut keep = super::simplify::open(&flat, tolerance).into_iter();
        self.points.retain(|_| keep.next().unwrap_or(true));
        before - self.points.len()
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        let points = indexed(text)?.into_iter().map(Point::parse_one).collect::<Option<_>>()?;
        Some(Self { points })
    }

    pub(super) fn to_json(&self) -> String {
        let points: Vec<String> = self
            .points
            .iter()
            .enumerate()
            .map(|(index, point)| format!("\"{index}\":{}", point.one_to_json()))
            .collect();
        format!("{{{}}}", points.join(","))
    }

    pub(super) fn problem(&self) -> Option<&'static str> {
        let in_space = self.points.iter().filter(|point| point.z.is_some()).count();
        (in_space != 0 && in_space != self.points.len()).then_some("a line is either in the image or in space")
    }
}

finite!(Polyline, [self => self.points.iter().flat_map(|point| [point.x, point.y, point.z.unwrap_or_default()])]);

/// The values of a map from numbers, in the order of the numbers, or of an array.
pub(super) fn indexed(text: &str) -> Option<Vec<&str>> {
    if is_array(text) {
        return Some(elements(text).collect());
    }
    if !text.starts_with('{') {
        return None;
    }
    let mut entries: Vec<(u64, &str)> =
        members(text).map(|(key, value)| key.parse().ok().map(|index| (index, value))).collect::<Option<_>>()?;
    entries.sort_by_key(|(index, _)| *index);
    Some(entries.into_iter().map(|(_, value)| value).collect())
}
