//! Coordinates in requests of the page.

use agent_platform::labels::{
    AnyCoordinates, Bitmask, BoundingBox, Circle, Cuboid as SpatialCuboid, Cuboid2d, Cuboid2dDepth, Ellipse, Point,
    Polygon, Polyline, RotatableBoundingBox, Skeleton, SkeletonVertex, Vertex, Visibility,
};
use agent_platform::ontology::Ontology;
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
    /// Points of a skeleton by identity or name, with their visibilities. Other points of the template are left out.
    SkeletonPoints(Vec<SkeletonPoint>),
    /// Visibilities of a skeleton's points, in order. Their positions are kept.
    Visibility(Vec<Option<String>>),
    #[serde(rename = "cuboid_2d")]
    Cuboid(Cuboid),
    /// A cuboid in space: centre, turns about the axes in radians, and lengths, in scene units.
    #[serde(rename = "cuboid")]
    SpatialCuboid {
        position: [f64; 3],
        orientation: [f64; 3],
        size: [f64; 3],
    },
    #[serde(rename_all = "camelCase")]
    Bitmask {
        width: u64,
        height: u64,
        rle_string: String,
    },
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

/// A point of a skeleton.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SkeletonPoint {
    name: String,
    feature_hash: Option<String>,
    x: f64,
    y: f64,
    visibility: Option<String>,
}

/// A cuboid in the image, in one of its two forms (contract: `docs/contract/label-format.md#cuboid`).
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Cuboid {
    front: Vec<f64>,
    offset: Option<Place>,
    vanishing_point: Option<Place>,
    scale_ratio: Option<f64>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
struct Place {
    x: f64,
    y: f64,
}

impl Coordinates {
    /// Converts the coordinates to those of a label row. `before` are the object's current coordinates on the frame; for
    /// the skeleton of a new object, those of its template.
    ///
    /// # Errors
    /// An odd number of coordinates, a skeleton that is missing or has other points, a cuboid without depth or with a
    /// negative size, or a three-dimensional line or point.
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
            Self::Skeleton(places) => {
                let mut skeleton = skeleton(before, places.len())?;
                for (vertex, [x, y]) in skeleton.vertices.iter_mut().zip(places) {
                    (vertex.x, vertex.y) = (x, y);
                }
                skeleton.into()
            }
            Self::SkeletonPoints(points) => with_points(before, points)?.into(),
            Self::Visibility(visibilities) => {
                let mut skeleton = skeleton(before, visibilities.len())?;
                for (vertex, visibility) in skeleton.vertices.iter_mut().zip(visibilities) {
                    vertex.visibility = visibility.map(|visibility| Visibility::from(visibility.as_str()));
                }
                skeleton.into()
            }
            Self::Cuboid(cuboid) => cuboid.resolve()?.into(),
            Self::SpatialCuboid { position, orientation, size } => {
                if size.iter().any(|length| *length < 0.0) {
                    return Err(Problem::bad_request("The size of a cuboid cannot be negative."));
                }
                SpatialCuboid { position, orientation, size }.into()
            }
            Self::Bitmask { width, height, rle_string } => Bitmask::from_rle(width, height, rle_string).into(),
            Self::Circle { x, y, r, stretch, theta } => Circle { x, y, radius: r, stretch, theta }.into(),
            Self::Ellipse { x, y, rx, ry, theta } => Ellipse { x, y, rx, ry, theta }.into(),
        })
    }
}

impl Cuboid {
    fn resolve(self) -> Result<Cuboid2d, Problem> {
        let vertex = |place: Place| Vertex { x: place.x, y: place.y };
        let depth = match (self.vanishing_point, self.scale_ratio, self.offset) {
            (Some(point), Some(scale_ratio), _) => {
                Cuboid2dDepth::Perspective { vanishing_point: vertex(point), scale_ratio }
            }
            (None, _, Some(offset)) => Cuboid2dDepth::Isometric { offset: vertex(offset) },
            _ => return Err(Problem::bad_request("The cuboid has no back. Add an offset or a vanishing point.")),
        };
        Ok(Cuboid2d { front: vertices(&self.front)?, depth })
    }
}

/// Returns the coordinates of the skeleton that an object of this class begins with, for [`Coordinates::resolve`].
pub(super) fn template_of(class: &str, ontology: &Ontology) -> Option<AnyCoordinates> {
    let template = ontology.skeleton_template(ontology.object(class)?)?;
    Some(Skeleton::from_template(template).into())
}

fn polygon(polygons: &[Vec<Vec<f64>>]) -> Result<Polygon, Problem> {
    let rings = |rings: &Vec<Vec<f64>>| rings.iter().map(|ring| vertices(ring)).collect::<Result<Vec<_>, _>>();
    Ok(Polygon { polygons: polygons.iter().map(rings).collect::<Result<_, _>>()? })
}

/// Converts flat coordinates to vertices.
fn vertices(flat: &[f64]) -> Result<Vec<Vertex>, Problem> {
    match flat.as_chunks::<2>() {
        (pairs, []) => Ok(pairs.iter().map(|[x, y]| Vertex { x: *x, y: *y }).collect()),
        _ => Err(Problem::bad_request("An outline has an odd number of coordinates.")),
    }
}

/// Returns the current skeleton, if it has this number of points.
fn skeleton(before: Option<AnyCoordinates>, points: usize) -> Result<Skeleton, Problem> {
    match before {
        Some(AnyCoordinates::Skeleton(skeleton)) if skeleton.vertices.len() == points => Ok(skeleton),
        Some(AnyCoordinates::Skeleton(_)) => Err(Problem::bad_request("The skeleton has another number of points.")),
        _ => Err(no_template()),
    }
}

/// Returns a skeleton with the named points of a template, in the template's order.
fn with_points(template: Option<AnyCoordinates>, points: Vec<SkeletonPoint>) -> Result<Skeleton, Problem> {
    let Some(AnyCoordinates::Skeleton(template)) = template else { return Err(no_template()) };
    let mut placed = Vec::with_capacity(points.len());
    for point in points {
        let has_hash = |vertex: &SkeletonVertex| {
            vertex.feature_hash.as_ref().is_some_and(|own| Some(own.as_str()) == point.feature_hash.as_deref())
        };
        let vertices = &template.vertices;
        let by_hash = vertices.iter().position(has_hash);
        let at = by_hash.or_else(|| vertices.iter().position(|vertex| vertex.name == point.name));
        let Some((at, vertex)) = at.and_then(|at| Some((at, vertices.get(at)?.clone()))) else {
            return Err(Problem::bad_request(format!("The skeleton of the class has no point `{}`.", point.name)));
        };
        let visibility = point.visibility.as_deref().map(Visibility::from);
        placed.push((at, SkeletonVertex { x: point.x, y: point.y, visibility, ..vertex }));
    }
    placed.sort_by_key(|(at, _)| *at);
    Ok(Skeleton { vertices: placed.into_iter().map(|(_, vertex)| vertex).collect() })
}

fn no_template() -> Problem {
    Problem::bad_request("The class has no skeleton template in the ontology.")
}

fn unsupported_3d() -> Problem {
    Problem::bad_request("This editor cannot move three-dimensional objects.")
}
