//! Coordinates in requests of the page.

use agent_platform::labels::{
    AnyCoordinates, BoundingBox, Circle, Ellipse, Point, Polygon, Polyline, RotatableBoundingBox, Skeleton, Vertex,
};
use serde::Deserialize;

use super::problem::Problem;

/// Coordinates of a shape that the page can draw or move, relative to the image (contract:
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
    /// Polygons with rings of flat coordinates, like `polygons` in a label row.
    Polygons(Vec<Vec<Vec<f64>>>),
    Polyline(Vec<[f64; 2]>),
    Point([f64; 2]),
    /// Positions of a skeleton's points, in order. Other properties of the points are kept.
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
    /// Converts the coordinates to those of a label row. `before` are the object's current coordinates on the frame.
    ///
    /// # Errors
    /// A ring has an odd number of coordinates, the skeleton is missing or has another number of points, or the object
    /// is three-dimensional.
    pub(super) fn resolve(self, before: Option<AnyCoordinates>) -> Result<AnyCoordinates, Problem> {
        Ok(match self {
            Self::BoundingBox { x, y, w, h } => BoundingBox { x, y, width: w, height: h }.into(),
            Self::RotatableBoundingBox { x, y, w, h, theta } => {
                RotatableBoundingBox { x, y, width: w, height: h, theta }.into()
            }
            Self::Polygons(polygons) => polygon(&polygons)?.into(),
            Self::Polyline(points) => match before {
                Some(AnyCoordinates::Polyline(line)) if line.points.iter().any(|point| point.z.is_some()) => {
                    return Err(unsupported_3d());
                }
                _ => Polyline::new(points.into_iter().map(|[x, y]| Point::new(x, y))).into(),
            },
            Self::Point([x, y]) => match before {
                Some(AnyCoordinates::Point(Point { z: Some(_), .. })) => return Err(unsupported_3d()),
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
        _ => Err(Problem::bad_request("A ring has an odd number of coordinates.")),
    };
    let rings = |rings: &Vec<Vec<f64>>| rings.iter().map(ring).collect::<Result<Vec<_>, _>>();
    Ok(Polygon { polygons: polygons.iter().map(rings).collect::<Result<_, _>>()? })
}

fn skeleton(places: &[[f64; 2]], before: Option<AnyCoordinates>) -> Result<Skeleton, Problem> {
    let Some(AnyCoordinates::Skeleton(mut skeleton)) = before else {
        return Err(Problem::bad_request("This editor can move skeletons, but not draw them."));
    };
    if skeleton.vertices.len() != places.len() {
        return Err(Problem::bad_request("The skeleton has another number of points."));
    }
    for (vertex, [x, y]) in skeleton.vertices.iter_mut().zip(places) {
        (vertex.x, vertex.y) = (*x, *y);
    }
    Ok(skeleton)
}

fn unsupported_3d() -> Problem {
    Problem::bad_request("This editor cannot move three-dimensional objects.")
}
