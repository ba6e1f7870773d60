//! Linear interpolation between the coordinates of two keyframes.

use agent_platform::labels::{
    AnyCoordinates, BoundingBox, Circle, Cuboid2d, Cuboid2dDepth, Ellipse, Point, Polygon, Polyline,
    RotatableBoundingBox, Skeleton, Vertex,
};

/// Maximum difference of numbers that count as equal: the platform writes four decimals.
const TOLERANCE: f64 = 1.5e-4;

/// Returns the coordinates between two keyframes, rounded to four decimals; `share` is 0 at `from` and 1 at `to`. `None` if the shapes
/// differ, have different numbers of vertices, or cannot be interpolated.
pub(super) fn between(from: &AnyCoordinates, to: &AnyCoordinates, share: f64) -> Option<AnyCoordinates> {
    let rounded = |value: f64| (value * 1e4).round() / 1e4;
    combine(from, to, &mut |kind, a, b| {
        let distance = match kind {
            Number::Length => b - a,
            Number::Degrees => shortest_turn(a, b),
        };
        rounded(a + distance * share)
    })
}

/// Returns whether two coordinates are the same, apart from rounding.
pub(super) fn is_near(one: &AnyCoordinates, other: &AnyCoordinates) -> bool {
    let mut farthest: f64 = 0.0;
    let combined = combine(one, other, &mut |kind, a, b| {
        let distance = match kind {
            Number::Length => b - a,
            Number::Degrees => shortest_turn(a, b),
        };
        farthest = farthest.max(distance.abs());
        a
    });
    combined.is_some() && farthest <= TOLERANCE
}

#[derive(Debug, Clone, Copy)]
enum Number {
    Length,
    Degrees,
}

/// Returns the turn from one angle to another by at most half a circle, in degrees.
fn shortest_turn(from: f64, to: f64) -> f64 {
    (to - from + 180.0).rem_euclid(360.0) - 180.0
}

/// Combines the numbers of two coordinates of one shape, pair by pair.
fn combine(
    one: &AnyCoordinates,
    other: &AnyCoordinates,
    number: &mut impl FnMut(Number, f64, f64) -> f64,
) -> Option<AnyCoordinates> {
    let mut length = |a, b| number(Number::Length, a, b);
    Some(match (one, other) {
        (AnyCoordinates::BoundingBox(a), AnyCoordinates::BoundingBox(b)) => BoundingBox {
            x: length(a.x, b.x),
            y: length(a.y, b.y),
            width: length(a.width, b.width),
            height: length(a.height, b.height),
        }
        .into(),
        (AnyCoordinates::RotatableBoundingBox(a), AnyCoordinates::RotatableBoundingBox(b)) => RotatableBoundingBox {
            x: length(a.x, b.x),
            y: length(a.y, b.y),
            width: length(a.width, b.width),
            height: length(a.height, b.height),
            theta: number(Number::Degrees, a.theta, b.theta),
        }
        .into(),
        (AnyCoordinates::Circle(a), AnyCoordinates::Circle(b)) => Circle {
            x: length(a.x, b.x),
            y: length(a.y, b.y),
            radius: length(a.radius, b.radius),
            stretch: length(a.stretch, b.stretch),
            theta: number(Number::Degrees, a.theta, b.theta),
        }
        .into(),
        (AnyCoordinates::Ellipse(a), AnyCoordinates::Ellipse(b)) => Ellipse {
            x: length(a.x, b.x),
            y: length(a.y, b.y),
            rx: length(a.rx, b.rx),
            ry: length(a.ry, b.ry),
            theta: number(Number::Degrees, a.theta, b.theta),
        }
        .into(),
        _ => return combine_vertices(one, other, &mut length),
    })
}

/// Combines shapes that consist of vertices.
fn combine_vertices(
    one: &AnyCoordinates,
    other: &AnyCoordinates,
    length: &mut impl FnMut(f64, f64) -> f64,
) -> Option<AnyCoordinates> {
    Some(match (one, other) {
        (AnyCoordinates::Point(a), AnyCoordinates::Point(b)) => point(a, b, length)?.into(),
        (AnyCoordinates::Polyline(a), AnyCoordinates::Polyline(b)) => {
            Polyline { points: zip(&a.points, &b.points, |a, b| point(a, b, length))? }.into()
        }
        (AnyCoordinates::Polygon(a), AnyCoordinates::Polygon(b)) => {
            let polygons = zip(&a.polygons, &b.polygons, |a, b| zip(a, b, |a, b| vertices(a, b, length)))?;
            Polygon { polygons }.into()
        }
        (AnyCoordinates::Skeleton(a), AnyCoordinates::Skeleton(b)) => {
            let vertices = zip(&a.vertices, &b.vertices, |a, b| {
                // Names and visibility are those of the first keyframe.
                let mut vertex = a.clone();
                (vertex.x, vertex.y) = (length(a.x, b.x), length(a.y, b.y));
                (a.name == b.name).then_some(vertex)
            })?;
            Skeleton { vertices }.into()
        }
        (AnyCoordinates::Cuboid2d(a), AnyCoordinates::Cuboid2d(b)) => {
            Cuboid2d { front: vertices(&a.front, &b.front, length)?, depth: depth(a.depth, b.depth, length)? }.into()
        }
        _ => return None,
    })
}

fn depth(a: Cuboid2dDepth, b: Cuboid2dDepth, length: &mut impl FnMut(f64, f64) -> f64) -> Option<Cuboid2dDepth> {
    match (a, b) {
        (
            Cuboid2dDepth::Perspective { vanishing_point: a, scale_ratio },
            Cuboid2dDepth::Perspective { vanishing_point: b, scale_ratio: other },
        ) => Some(Cuboid2dDepth::Perspective {
            vanishing_point: vertex(a, b, length),
            scale_ratio: length(scale_ratio, other),
        }),
        (Cuboid2dDepth::Isometric { offset: a }, Cuboid2dDepth::Isometric { offset: b }) => {
            Some(Cuboid2dDepth::Isometric { offset: vertex(a, b, length) })
        }
        _ => None,
    }
}

fn vertices(a: &[Vertex], b: &[Vertex], length: &mut impl FnMut(f64, f64) -> f64) -> Option<Vec<Vertex>> {
    zip(a, b, |a, b| Some(vertex(*a, *b, length)))
}

fn vertex(a: Vertex, b: Vertex, length: &mut impl FnMut(f64, f64) -> f64) -> Vertex {
    Vertex { x: length(a.x, b.x), y: length(a.y, b.y) }
}

fn point(a: &Point, b: &Point, length: &mut impl FnMut(f64, f64) -> f64) -> Option<Point> {
    let z = match (a.z, b.z) {
        (Some(a), Some(b)) => Some(length(a, b)),
        (None, None) => None,
        _ => return None,
    };
    Some(Point { x: length(a.x, b.x), y: length(a.y, b.y), z })
}

/// Combines two lists of equal length.
fn zip<T, R>(one: &[T], other: &[T], mut combine: impl FnMut(&T, &T) -> Option<R>) -> Option<Vec<R>> {
    let pairs = one.iter().zip(other).map(|(one, other)| combine(one, other));
    if one.len() == other.len() { pairs.collect() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn box_moves_in_straight_line() {
        let from = BoundingBox { x: 0.1, y: 0.2, width: 0.2, height: 0.1 };
        let to = BoundingBox { x: 0.5, y: 0.2, width: 0.1, height: 0.3 };
        let quarter = between(&from.into(), &to.into(), 0.25).unwrap();
        assert_eq!(quarter, BoundingBox { x: 0.2, y: 0.2, width: 0.175, height: 0.15 }.into());
        assert!(is_near(&quarter, &BoundingBox { x: 0.2001, y: 0.2, width: 0.175, height: 0.15 }.into()));
        assert!(!is_near(&quarter, &from.into()));
    }

    #[test]
    fn angle_takes_the_shorter_way() {
        let turned = |theta| RotatableBoundingBox { x: 0.1, y: 0.1, width: 0.2, height: 0.2, theta }.into();
        assert_eq!(between(&turned(350.0), &turned(20.0), 0.5), Some(turned(365.0)));
        assert!(is_near(&turned(0.0), &turned(360.0)));
    }

    #[test]
    fn outlines_need_equal_numbers_of_vertices() {
        let outline = |corners: &[(f64, f64)]| -> AnyCoordinates {
            Polygon::new(corners.iter().map(|&(x, y)| Vertex { x, y })).into()
        };
        let triangle = outline(&[(0.0, 0.0), (0.2, 0.0), (0.0, 0.2)]);
        let moved = outline(&[(0.2, 0.0), (0.4, 0.0), (0.2, 0.2)]);
        let halfway = outline(&[(0.1, 0.0), (0.3, 0.0), (0.1, 0.2)]);
        assert_eq!(between(&triangle, &moved, 0.5), Some(halfway));
        assert_eq!(between(&triangle, &outline(&[(0.2, 0.0), (0.4, 0.0)]), 0.5), None);
        assert_eq!(between(&triangle, &Point::new(0.1, 0.1).into(), 0.5), None);
    }
}
