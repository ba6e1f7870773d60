//! Intersections of shapes with the image.

use super::any::AnyCoordinates;
use super::boxes::{BoundingBox, RotatableBoundingBox};
use super::extent::{Extent, is_in_frame, is_upright};
use super::point::{Point, Polyline, Vertex};
use super::polygon::{Polygon, ring_area};
use super::skeleton::{Skeleton, Visibility};

/// The area up to which a clipped ring counts as empty: rounding leaves such slivers along the border.
const SLIVER: f64 = 1e-12;

/// The reason why a shape has no intersection with the image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unclipped {
    /// No part of the shape is inside.
    Empty,
    /// The part inside is not a shape of this kind.
    OtherShape,
}

type Clipped<T> = Result<T, Unclipped>;

impl AnyCoordinates {
    /// Returns the part of a shape inside the image. The shape must reach outside; see [`Self::extent`].
    pub(crate) fn clipped(&self) -> Clipped<Self> {
        match self {
            Self::BoundingBox(shape) => bounding_box(*shape).map(Self::BoundingBox),
            Self::RotatableBoundingBox(shape) if is_upright(shape.theta) => {
                let RotatableBoundingBox { x, y, width, height, theta } = *shape;
                let BoundingBox { x, y, width, height } = bounding_box(BoundingBox { x, y, width, height })?;
                Ok(Self::RotatableBoundingBox(RotatableBoundingBox { x, y, width, height, theta }))
            }
            Self::Polygon(shape) => polygon(shape).map(Self::Polygon),
            Self::Polyline(line) => polyline(line).map(Self::Polyline),
            Self::Point(_) => Err(Unclipped::Empty),
            Self::Skeleton(shape) => skeleton(shape).map(Self::Skeleton),
            _ => Err(Unclipped::OtherShape),
        }
    }
}

/// The part of a stretch between 0 and 1, as its start and length.
fn stretch(start: f64, length: f64) -> Clipped<(f64, f64)> {
    let (from, to) = (start.min(start + length).max(0.0), start.max(start + length).min(1.0));
    let inside = to - from;
    if inside < 0.0 || (inside == 0.0 && length != 0.0) { Err(Unclipped::Empty) } else { Ok((from, inside)) }
}

fn bounding_box(shape: BoundingBox) -> Clipped<BoundingBox> {
    let ((x, width), (y, height)) = (stretch(shape.x, shape.width)?, stretch(shape.y, shape.height)?);
    Ok(BoundingBox { x, y, width, height })
}

/// Rings are clipped one by one, so that an outline in several pieces stays one ring, joined along the border.
fn polygon(polygon: &Polygon) -> Clipped<Polygon> {
    let rings = |rings: &Vec<Vec<Vertex>>| {
        let mut clipped = rings.iter().map(|ring| clip_ring(ring));
        let border = clipped.next().filter(|ring| ring_area(ring) > SLIVER)?;
        let holes: Vec<Vec<Vertex>> = clipped.filter(|ring| ring_area(ring) > SLIVER).collect();
        let missing: f64 = holes.iter().map(|hole| ring_area(hole)).sum();
        let is_left = ring_area(&border) - missing > SLIVER;
        is_left.then(|| std::iter::once(border).chain(holes).collect())
    };
    let polygons: Vec<Vec<Vec<Vertex>>> = polygon.polygons.iter().filter_map(rings).collect();
    if polygons.is_empty() { Err(Unclipped::Empty) } else { Ok(Polygon { polygons }) }
}

/// Clips a ring at the four borders in turn (Sutherland and Hodgman).
fn clip_ring(ring: &[Vertex]) -> Vec<Vertex> {
    let mut ring = ring.to_vec();
    for border in [Border::Left, Border::Right, Border::Top, Border::Bottom] {
        let mut kept = Vec::with_capacity(ring.len() + 4);
        for (index, to) in ring.iter().enumerate() {
            let from = &ring[index.checked_sub(1).unwrap_or(ring.len() - 1)];
            let (before, after) = (border.distance(from), border.distance(to));
            if (before < 0.0) != (after < 0.0) {
                kept.push(border.crossing(from, to, before / (before - after)));
            }
            if after >= 0.0 {
                kept.push(*to);
            }
        }
        kept.dedup();
        ring = kept;
    }
    while ring.len() > 1 && ring.first() == ring.last() {
        ring.pop();
    }
    ring
}

/// A side of the image.
#[derive(Debug, Clone, Copy)]
enum Border {
    Left,
    Right,
    Top,
    Bottom,
}

impl Border {
    /// The distance of a vertex from the border. Negative outside.
    fn distance(self, at: &Vertex) -> f64 {
        match self {
            Self::Left => at.x,
            Self::Right => 1.0 - at.x,
            Self::Top => at.y,
            Self::Bottom => 1.0 - at.y,
        }
    }

    /// The vertex where an edge crosses the border, exactly on it.
    fn crossing(self, from: &Vertex, to: &Vertex, part: f64) -> Vertex {
        let at = Vertex { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
        match self {
            Self::Left => Vertex { x: 0.0, ..at },
            Self::Right => Vertex { x: 1.0, ..at },
            Self::Top => Vertex { y: 0.0, ..at },
            Self::Bottom => Vertex { y: 1.0, ..at },
        }
    }
}

/// A line that leaves the image and comes back is in several pieces, which one line cannot be.
fn polyline(line: &Polyline) -> Clipped<Polyline> {
    let mut pieces: Vec<Vec<Point>> = Vec::new();
    let mut is_open = false;
    for (from, to) in line.points.iter().zip(line.points.iter().skip(1)) {
        let Some([enter, leave]) = inside_part(from, to) else {
            is_open = false;
            continue;
        };
        let on = |part: f64| {
            let at = |from: f64, to: f64| (from + (to - from) * part).clamp(0.0, 1.0);
            Point::new(at(from.x, to.x), at(from.y, to.y))
        };
        if !(is_open && enter <= 0.0) {
            pieces.push(vec![on(enter)]);
        }
        if let Some(piece) = pieces.last_mut() {
            piece.push(on(leave));
        }
        is_open = leave >= 1.0;
    }
    match pieces.len() {
        0 => Err(Unclipped::Empty),
        1 => Ok(Polyline::new(pieces.swap_remove(0))),
        _ => Err(Unclipped::OtherShape),
    }
}

/// The part of a segment inside the image, from 0 at its start to 1 at its end (Liang and Barsky).
fn inside_part(from: &Point, to: &Point) -> Option<[f64; 2]> {
    let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
    for (start, step) in [(from.x, to.x - from.x), (from.y, to.y - from.y)] {
        if step == 0.0 {
            if !(0.0..=1.0).contains(&start) {
                return None;
            }
            continue;
        }
        let (first, second) = (-start / step, (1.0 - start) / step);
        enter = enter.max(first.min(second));
        leave = leave.min(first.max(second));
    }
    (enter < leave).then_some([enter, leave])
}

/// Points outside go to the border and become invisible: the word for a point that is outside the image.
fn skeleton(skeleton: &Skeleton) -> Clipped<Skeleton> {
    let mut clipped = skeleton.clone();
    let mut is_seen = false;
    for vertex in clipped.vertices.iter_mut().filter(|vertex| is_in_frame(vertex)) {
        let is_outside =
            Extent::of_points([(vertex.x, vertex.y)]).is_some_and(|at| at.leaves(&Extent::IMAGE).is_some());
        is_seen |= !is_outside;
        if is_outside {
            (vertex.x, vertex.y) = (vertex.x.clamp(0.0, 1.0), vertex.y.clamp(0.0, 1.0));
            vertex.visibility = Some(Visibility::Invisible);
        }
    }
    if is_seen { Ok(clipped) } else { Err(Unclipped::Empty) }
}
