//! Coordinates as the page sends them.

use agent_platform::labels::{
    AnyCoordinates, BoundingBox, Circle, Ellipse, Point, Polygon, Polyline, RotatableBoundingBox, Skeleton, Vertex,
};
use serde::Deserialize;

use super::problem::Problem;

/// Coordinates of a shape that can be drawn or moved in the page, relative to the image (contract:
/// `docs/contract/label-format.md#geometry`).
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Coordinates {
    BoundingBox {
        x: f64,
        y: f64,
        w: f64,
        h: f64,
    },
    RotatableBoundingBox {
        x: f64,
        y: f64,
        w: f64,
        h: f64,
        theta: f64,
    },
    /// Polygons of rings of flat coordinates, as `polygons` on the wire.
    Polygons(Vec<Vec<Vec<f64>>>),
    Polyline(Vec<[f64; 2]>),
    Point([f64; 2]),
    /// Where the points of a skeleton are, in their order. What else is said of them stays.
    Skeleton(Vec<[f64; 2]>),
    Circle {
        x: f64,
        y: f64,
        r: f64,
        stretch: f64,
        theta: f64,
    },
    Ellipse {
        x: f64,
        y: f64,
        rx: f64,
        ry: f64,
        theta: f64,
    },
}

impl Coordinates {
    /// As a label row takes them. `before` is what the object has on the frame now.
    ///
    /// # Errors
    /// Rings of half a vertex, a skeleton that is not there or has other points, and anything that lies in space.
    pub(super) fn over(self, before: Option<AnyCoordinates>) -> Result<AnyCoordinates, Problem> {
        Ok(match self {
            Self::BoundingBox { x, y, w, h } => BoundingBox { x, y, width: w, height: h }.into(),
            Self::RotatableBoundingBox { x, y, w, h, theta } => {
                RotatableBoundingBox { x, y, width: w, height: h, theta }.into()
            }
            Self::Polygons(polygons) => polygon(&polygons)?.into(),
            Self::Polyline(points) => match before {
                Some(AnyCoordinates::Polyline(line)) if line.points.iter().any(|point| point.z.is_some()) => {
                    return Err(in_space());
                }
                _ => Polyline::new(points.into_iter().map(|[x, y]| Point::new(x, y))).into(),
            },
            Self::Point([x, y]) => match before {
                Some(AnyCoordinates::Point(Point { z: Some(_), .. })) => return Err(in_space()),
                _ => Point::new(x, y).into(),
            },
            Self::Skeleton(places) => skeleton(&places, before)?.into(),
            Self::Circle { x, y, r, stretch, theta } => Circle { x, y, radius: r, stretch, theta }.into(),
            Self::Ellipse { x, y, rx, ry, theta } => Ellipse { x, y, rx, ry, theta }.into(),
        })
    }
}

fn polygon(polygons: &[Vec<Vec<f64>>]) -> Result<Polygon, Problem> {
    let ring = |ring: &Vec<f64>| match ring.as_chunks::<2>() {
        (pairs, []) => Ok(pairs.iter().map(|[x, y]| Vertex { x: *x, y: *y }).collect()),
        _ => Err(Problem::bad("A ring has half a vertex.")),
    };
    let rings = |rings: &Vec<Vec<f64>>| rings.iter().map(ring).collect::<Result<Vec<_>, _>>();
    Ok(Polygon { polygons: polygons.iter().map(rings).collect::<Result<_, _>>()? })
}

fn skeleton(places: &[[f64; 2]], before: Option<AnyCoordinates>) -> Result<Skeleton, Problem> {
    let Some(AnyCoordinates::Skeleton(mut skeleton)) = before else {
        return Err(Problem::bad("Skeletons can be moved, but not drawn, in this editor."));
    };
    if skeleton.vertices.len() != places.len() {
        return Err(Problem::bad("The skeleton has another number of points."));
    }
    for (vertex, [x, y]) in skeleton.vertices.iter_mut().zip(places) {
        (vertex.x, vertex.y) = (*x, *y);
    }
    Ok(skeleton)
}

fn in_space() -> Problem {
    Problem::bad("Objects in space cannot be moved in this editor.")
}
