//! Boxes in space, and boxes drawn in perspective.

use crate::json::{elements, float, member, number_text};

use super::fields::array;
use super::finite::finite;
use super::point::Vertex;

/// A box in space (contract: `docs/contract/label-format.md#cuboid`).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cuboid {
    /// The centre, in scene units.
    pub position: [f64; 3],
    /// Turns about X, Y and Z, in radians.
    pub orientation: [f64; 3],
    /// The lengths along its own axes, in scene units.
    pub size: [f64; 3],
}

impl Cuboid {
    pub(super) const KEY: &'static str = "cuboid";

    pub(super) fn parse(text: &str) -> Option<Self> {
        let three = |key| -> Option<[f64; 3]> {
            let numbers: Vec<f64> = elements(member(text, key)?).map(float).collect::<Option<_>>()?;
            numbers.try_into().ok()
        };
        Some(Self { position: three("position")?, orientation: three("orientation")?, size: three("size")? })
    }

    pub(super) fn to_json(self) -> String {
        let Self { position, orientation, size } = self;
        let (position, orientation, size) = (array(position), array(orientation), array(size));
        format!(r#"{{"position":{position},"orientation":{orientation},"size":{size}}}"#)
    }
}

finite!(Cuboid, [self => self.position.into_iter().chain(self.orientation).chain(self.size)]);

/// A box drawn in perspective on an image (contract: `docs/contract/label-format.md#cuboid`).
#[derive(Debug, Clone, PartialEq)]
pub struct Cuboid2d {
    /// The corners of the front.
    pub front: Vec<Vertex>,
    /// Position of the back.
    pub depth: Cuboid2dDepth,
}

/// Position of the back of a [`Cuboid2d`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cuboid2dDepth {
    /// Towards a point, scaled.
    Perspective {
        /// The point that all edges run to.
        vanishing_point: Vertex,
        /// The size of the back relative to the front.
        scale_ratio: f64,
    },
    /// Moved by an offset, in the same size.
    Isometric {
        /// From the front to the back.
        offset: Vertex,
    },
}

impl Cuboid2d {
    pub(super) const KEY: &'static str = "cuboid_2d";

    pub(super) fn parse(text: &str) -> Option<Self> {
        let numbers: Vec<f64> = elements(member(text, "front")?).map(float).collect::<Option<_>>()?;
        let (pairs, []) = numbers.as_chunks::<2>() else { return None };
        let front = pairs.iter().map(|[x, y]| Vertex { x: *x, y: *y }).collect();
        let given = |key| member(text, key).filter(|raw| !crate::json::is_null(raw));
        let depth = match given("vanishingPoint") {
            Some(point) => Cuboid2dDepth::Perspective {
                vanishing_point: Vertex::parse(point)?,
                scale_ratio: given("scaleRatio").and_then(float)?,
            },
            None => Cuboid2dDepth::Isometric { offset: Vertex::parse(given("offset")?)? },
        };
        Some(Self { front, depth })
    }

    pub(super) fn to_json(&self) -> String {
        let front = array(self.front.iter().flat_map(|vertex| [vertex.x, vertex.y]));
        match self.depth {
            Cuboid2dDepth::Perspective { vanishing_point, scale_ratio } => format!(
                r#"{{"front":{front},"vanishingPoint":{},"scaleRatio":{}}}"#,
                vanishing_point.to_json(),
                number_text(scale_ratio)
            ),
            Cuboid2dDepth::Isometric { offset } => format!(r#"{{"front":{front},"offset":{}}}"#, offset.to_json()),
        }
    }

    fn depth_numbers(&self) -> [f64; 3] {
        match self.depth {
            Cuboid2dDepth::Perspective { vanishing_point, scale_ratio } => {
                [vanishing_point.x, vanishing_point.y, scale_ratio]
            }
            Cuboid2dDepth::Isometric { offset } => [offset.x, offset.y, 0.0],
        }
    }
}

finite!(Cuboid2d, [self => self.front.iter().flat_map(|vertex| [vertex.x, vertex.y]).chain(self.depth_numbers())]);
