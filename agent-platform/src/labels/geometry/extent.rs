//! Extents: how far shapes reach across the image.

use super::any::AnyCoordinates;
use super::boxes::RotatableBoundingBox;
use super::cuboid::{Cuboid2d, Cuboid2dDepth};
use super::point::{Point, Vertex};
use super::round::{Circle, Ellipse};
use super::skeleton::{SkeletonVertex, Visibility};

/// The tolerance of the borders, as a fraction of the side: what rounding may add.
const TOLERANCE: f64 = 1e-6;

/// The smallest upright box around a shape, as fractions of the image's sides.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Extent {
    /// The left and the right edge.
    pub(crate) x: [f64; 2],
    /// The upper and the lower edge.
    pub(crate) y: [f64; 2],
}

impl Extent {
    /// The whole image.
    pub(crate) const IMAGE: Self = Self { x: [0.0, 1.0], y: [0.0, 1.0] };

    pub(super) fn of_points(points: impl IntoIterator<Item = (f64, f64)>) -> Option<Self> {
        points.into_iter().map(|(x, y)| Self { x: [x, x], y: [y, y] }).reduce(|one, other| one.union(&other))
    }

    fn around(x: f64, y: f64, half_width: f64, half_height: f64) -> Self {
        Self { x: [x - half_width, x + half_width], y: [y - half_height, y + half_height] }
    }

    /// The smallest extent around both.
    pub(crate) fn union(&self, other: &Self) -> Self {
        let both = |one: [f64; 2], other: [f64; 2]| [one[0].min(other[0]), one[1].max(other[1])];
        Self { x: both(self.x, other.x), y: both(self.y, other.y) }
    }

    /// Returns the side on which this extent leaves another, and its edges there.
    pub(crate) fn leaves(&self, outer: &Self) -> Option<(&'static str, [f64; 2])> {
        // An overflow is not a number, and is not inside.
        let inside = |own: [f64; 2], outer: [f64; 2]| own[0] >= outer[0] - TOLERANCE && own[1] <= outer[1] + TOLERANCE;
        if !inside(self.x, outer.x) {
            return Some(("width", self.x));
        }
        (!inside(self.y, outer.y)).then_some(("height", self.y))
    }

    /// Returns whether it has no point in common with the image.
    pub(crate) fn misses_image(&self) -> bool {
        let misses = |edges: [f64; 2]| edges[1] < 0.0 || edges[0] > 1.0;
        misses(self.x) || misses(self.y)
    }
}

impl AnyCoordinates {
    /// Returns the extent of a shape across the image. `None` for shapes in space, and for masks, which are as large as the
    /// image. `size` is the size of the frame in pixels, which turned and round shapes need. Where it is unknown, only
    /// what does not depend on it counts: of a turned box the centre.
    pub(crate) fn extent(&self, size: impl FnOnce() -> Option<(u64, u64)>) -> Option<Extent> {
        let vertex = |vertex: &Vertex| (vertex.x, vertex.y);
        match self {
            Self::BoundingBox(shape) => {
                Extent::of_points([(shape.x, shape.y), (shape.x + shape.width, shape.y + shape.height)])
            }
            Self::RotatableBoundingBox(shape) => turned_box(shape, size),
            Self::Polygon(polygon) => Extent::of_points(polygon.rings().flatten().map(vertex)),
            Self::Polyline(line) if line.points.iter().all(is_in_image) => {
                Extent::of_points(line.points.iter().map(|point| (point.x, point.y)))
            }
            Self::Point(point) if is_in_image(point) => Extent::of_points([(point.x, point.y)]),
            Self::Skeleton(skeleton) => {
                let seen = skeleton.vertices.iter().filter(|vertex| is_in_frame(vertex));
                Extent::of_points(seen.map(|vertex| (vertex.x, vertex.y)))
            }
            Self::Cuboid2d(cuboid) => Extent::of_points(faces(cuboid)),
            Self::Circle(circle) => Some(around_circle(circle, size)),
            Self::Ellipse(ellipse) => Some(around_ellipse(ellipse, size)),
            Self::Polyline(_) | Self::Point(_) | Self::Bitmask(_) | Self::Cuboid(_) | Self::Segmentation(_) => None,
        }
    }
}

fn is_in_image(point: &Point) -> bool {
    point.z.is_none()
}

/// An invisible point is one outside the image, wherever it is written to be.
pub(super) fn is_in_frame(vertex: &SkeletonVertex) -> bool {
    vertex.visibility != Some(Visibility::Invisible)
}

/// Returns whether a shape turned by this many degrees lies as one that is not turned.
pub(super) fn is_upright(theta: f64) -> bool {
    theta.rem_euclid(180.0) == 0.0
}

#[expect(clippy::cast_precision_loss, reason = "no image has 2^52 columns")]
fn pixels(size: Option<(u64, u64)>) -> Option<[f64; 2]> {
    size.map(|(width, height)| [width as f64, height as f64])
}

fn turned_box(shape: &RotatableBoundingBox, size: impl FnOnce() -> Option<(u64, u64)>) -> Option<Extent> {
    let RotatableBoundingBox { x, y, width, height, theta } = *shape;
    if is_upright(theta) {
        return Extent::of_points([(x, y), (x + width, y + height)]);
    }
    match pixels(size()) {
        Some([wide, high]) => Extent::of_points(shape.corners(wide, high).map(|[x, y]| (x / wide, y / high))),
        None => Extent::of_points([(x + width / 2.0, y + height / 2.0)]),
    }
}

/// Half the width and height of a turned ellipse, in the unit of its radii.
fn half_sides(along: f64, across: f64, theta: f64) -> [f64; 2] {
    let (sin, cos) = theta.to_radians().sin_cos();
    [(along * cos).hypot(across * sin), (along * sin).hypot(across * cos)]
}

fn around_circle(circle: &Circle, size: impl FnOnce() -> Option<(u64, u64)>) -> Extent {
    // Both radii are fractions of the width.
    let [wide, high] = half_sides(circle.radius, circle.radius * circle.stretch, circle.theta);
    let aspect = pixels(size()).map_or(0.0, |[width, height]| width / height);
    Extent::around(circle.x, circle.y, wide, high * aspect)
}

fn around_ellipse(ellipse: &Ellipse, size: impl FnOnce() -> Option<(u64, u64)>) -> Extent {
    let Ellipse { x, y, rx, ry, theta } = *ellipse;
    if is_upright(theta) {
        return Extent::around(x, y, rx.abs(), ry.abs());
    }
    let [wide, high] = pixels(size()).map_or([0.0; 2], |[width, height]| {
        let [wide, high] = half_sides(rx * width, ry * height, theta);
        [wide / width, high / height]
    });
    Extent::around(x, y, wide, high)
}

/// The corners of the front and of the back.
fn faces(cuboid: &Cuboid2d) -> Vec<(f64, f64)> {
    let back = |front: &Vertex| match cuboid.depth {
        Cuboid2dDepth::Perspective { vanishing_point: to, scale_ratio } => {
            (to.x + (front.x - to.x) * scale_ratio, to.y + (front.y - to.y) * scale_ratio)
        }
        Cuboid2dDepth::Isometric { offset } => (front.x + offset.x, front.y + offset.y),
    };
    cuboid.front.iter().flat_map(|front| [(front.x, front.y), back(front)]).collect()
}
