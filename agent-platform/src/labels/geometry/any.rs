//! Coordinates of any shape.

use crate::json::{Tree, is_null, members, merge, quote, string};
use crate::labels::error::EditError;
use crate::ontology::Shape;

use super::bitmask::Bitmask;
use super::boxes::{BoundingBox, RotatableBoundingBox};
use super::cuboid::{Cuboid, Cuboid2d};
use super::point::{Point, Polyline};
use super::polygon::Polygon;
use super::round::{Circle, Ellipse};
use super::segmentation::Segmentation;
use super::skeleton::{Skeleton, VISIBILITY_FLAGS};

/// Coordinates of one shape, such as [`Polygon`]. Shapes are types: what takes polygons is given nothing else.
pub trait Coordinates: Into<AnyCoordinates> + Clone + Sized + Send + Sync + 'static {
    /// The shape.
    const SHAPE: Shape;

    /// These coordinates, if they are of this shape.
    fn from_any(any: AnyCoordinates) -> Option<Self>;
}

/// Coordinates as an argument: a shape such as [`Polygon`], or [`AnyCoordinates`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a shape",
    label = "not a shape",
    note = "use a shape of `agent_runtime::prelude`, such as `BoundingBox`, `Polygon` or `Point`, or a method such as `.bounding_box(x, y, width, height)`"
)]
pub trait IntoCoordinates {
    /// Converts the argument.
    fn into_coordinates(self) -> AnyCoordinates;
}

#[diagnostic::do_not_recommend]
impl<T: Into<AnyCoordinates>> IntoCoordinates for T {
    fn into_coordinates(self) -> AnyCoordinates {
        self.into()
    }
}

/// Implements [`Coordinates`] for shapes, each a variant of [`AnyCoordinates`] of the same name.
macro_rules! coordinates {
    ($($shape:ident),*) => {$(
        impl Coordinates for $shape {
            const SHAPE: Shape = Shape::$shape;

            fn from_any(any: AnyCoordinates) -> Option<Self> {
                match any {
                    AnyCoordinates::$shape(coordinates) => Some(coordinates),
                    _ => None,
                }
            }
        }

        impl From<$shape> for AnyCoordinates {
            fn from(coordinates: $shape) -> Self {
                Self::$shape(coordinates)
            }
        }
    )*};
}

coordinates!(
    BoundingBox,
    RotatableBoundingBox,
    Polygon,
    Polyline,
    Point,
    Skeleton,
    Bitmask,
    Cuboid,
    Cuboid2d,
    Circle,
    Ellipse,
    Segmentation
);

/// Coordinates of any shape that has some (contract: `docs/contract/label-format.md#geometry`).
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum AnyCoordinates {
    /// A box along the axes.
    BoundingBox(BoundingBox),
    /// A turned box.
    RotatableBoundingBox(RotatableBoundingBox),
    /// Outlines with holes.
    Polygon(Polygon),
    /// An open line.
    Polyline(Polyline),
    /// A point.
    Point(Point),
    /// Named points.
    Skeleton(Skeleton),
    /// A mask.
    Bitmask(Bitmask),
    /// A box in space.
    Cuboid(Cuboid),
    /// A box in perspective.
    Cuboid2d(Cuboid2d),
    /// A circle.
    Circle(Circle),
    /// An ellipse.
    Ellipse(Ellipse),
    /// Points of a point cloud.
    Segmentation(Segmentation),
}

/// Does the same with whatever shape it is.
macro_rules! each {
    ($any:expr, $coordinates:ident => $do:expr) => {
        match $any {
            AnyCoordinates::BoundingBox($coordinates) => $do,
            AnyCoordinates::RotatableBoundingBox($coordinates) => $do,
            AnyCoordinates::Polygon($coordinates) => $do,
            AnyCoordinates::Polyline($coordinates) => $do,
            AnyCoordinates::Point($coordinates) => $do,
            AnyCoordinates::Skeleton($coordinates) => $do,
            AnyCoordinates::Bitmask($coordinates) => $do,
            AnyCoordinates::Cuboid($coordinates) => $do,
            AnyCoordinates::Cuboid2d($coordinates) => $do,
            AnyCoordinates::Circle($coordinates) => $do,
            AnyCoordinates::Ellipse($coordinates) => $do,
            AnyCoordinates::Segmentation($coordinates) => $do,
        }
    };
}

fn shape_of<C: Coordinates>(_: &C) -> Shape {
    C::SHAPE
}

/// The shapes with coordinates, and the keys that these stand under.
const KEYS: [(Shape, &str); 12] = [
    (Shape::BoundingBox, BoundingBox::KEY),
    (Shape::RotatableBoundingBox, RotatableBoundingBox::KEY),
    (Shape::Polygon, Polygon::KEY),
    (Shape::Polyline, Polyline::KEY),
    (Shape::Point, Point::KEY),
    (Shape::Skeleton, Skeleton::KEY),
    (Shape::Bitmask, Bitmask::KEY),
    (Shape::Cuboid, Cuboid::KEY),
    (Shape::Cuboid2d, Cuboid2d::KEY),
    (Shape::Circle, Circle::KEY),
    (Shape::Ellipse, Ellipse::KEY),
    (Shape::Segmentation, Segmentation::KEY),
];

/// The key that a shape's coordinates stand under.
fn key_of(shape: &Shape) -> Option<&'static str> {
    KEYS.iter().find(|(own, _)| own == shape).map(|(_, key)| *key)
}

/// The geometry members of an entry.
struct Geometry<'t> {
    shape: Option<Shape>,
    value: Option<&'t str>,
    all_polygons: Option<&'t str>,
}

fn geometry(entry: &str) -> Geometry<'_> {
    let mut written = None;
    let mut found: [Option<&str>; KEYS.len()] = [None; KEYS.len()];
    let mut last = None;
    let mut all_polygons = None;
    for (key, value) in members(entry) {
        match key.as_ref() {
            "shape" => written = string(value).map(|shape| Shape::from(shape.as_ref())),
            Polygon::ALL_KEY => all_polygons = Some(value),
            other => {
                if let Some(index) = KEYS.iter().position(|(_, key)| *key == other) {
                    found[index] = Some(value);
                    last = Some(index);
                }
            }
        }
    }
    let by_key = || match (last, all_polygons) {
        (Some(index), _) => Some(KEYS[index].0.clone()),
        (None, Some(_)) => Some(Shape::Polygon),
        _ => None,
    };
    let shape = written.or_else(by_key);
    let own = KEYS.iter().position(|(own, _)| Some(own) == shape.as_ref());
    Geometry { value: own.and_then(|index| found[index]), shape, all_polygons }
}

impl AnyCoordinates {
    /// The shape.
    #[must_use]
    pub fn shape(&self) -> Shape {
        each!(self, coordinates => shape_of(coordinates))
    }

    /// The shape that an object entry says it has, or that its geometry shows.
    pub(crate) fn shape_of_entry(entry: &str) -> Option<Shape> {
        geometry(entry).shape
    }

    /// The coordinates of an object entry; the shape alone, where it has none or they cannot be made sense of.
    pub(crate) fn from_entry(entry: &str) -> Result<Self, Option<Shape>> {
        let Geometry { shape, value, all_polygons } = geometry(entry);
        let Some(shape) = shape else { return Err(None) };
        Self::parse(&shape, value, all_polygons).ok_or(Some(shape))
    }

    fn parse(shape: &Shape, value: Option<&str>, all_polygons: Option<&str>) -> Option<Self> {
        if *shape == Shape::Polygon {
            return Polygon::parse(value.filter(|value| !is_null(value)), all_polygons).map(Self::Polygon);
        }
        let value = value?;
        match shape {
            Shape::BoundingBox => BoundingBox::parse(value).map(Self::BoundingBox),
            Shape::RotatableBoundingBox => RotatableBoundingBox::parse(value).map(Self::RotatableBoundingBox),
            Shape::Polyline => Polyline::parse(value).map(Self::Polyline),
            Shape::Point => Point::parse(value).map(Self::Point),
            Shape::Skeleton => Skeleton::parse(value).map(Self::Skeleton),
            Shape::Bitmask => Bitmask::parse(value).map(Self::Bitmask),
            Shape::Cuboid => Cuboid::parse(value).map(Self::Cuboid),
            Shape::Cuboid2d => Cuboid2d::parse(value).map(Self::Cuboid2d),
            Shape::Circle => Circle::parse(value).map(Self::Circle),
            Shape::Ellipse => Ellipse::parse(value).map(Self::Ellipse),
            Shape::Segmentation => Segmentation::parse(value).map(Self::Segmentation),
            _ => None,
        }
    }

    /// Rejects coordinates that cannot be saved.
    pub(crate) fn check(&self) -> Result<(), EditError> {
        let problem = match self {
            _ if !each!(self, coordinates => coordinates.is_finite()) => Some("every number must be finite"),
            Self::Polygon(polygon) => polygon.problem(),
            Self::Polyline(polyline) => polyline.problem(),
            Self::Bitmask(bitmask) => bitmask.problem(),
            Self::Segmentation(segmentation) => segmentation.problem(),
            _ => None,
        };
        problem.map_or(Ok(()), |problem| Err(EditError::Coordinates { problem }))
    }

    /// Writes the coordinates into an object entry: what is the same keeps its spelling, what is unknown stays.
    pub(crate) fn write(&self, entry: &mut Tree) -> Result<(), EditError> {
        let old = |entry: &Tree, key| entry.member(Tree::ROOT, key).map(|node| entry.text(node).to_owned());
        if let Self::Polygon(polygon) = self {
            let all = polygon.all_to_json();
            let single = polygon.single_to_json();
            let same = old(entry, Polygon::KEY).is_some_and(|old| {
                Polygon::parse(Some(&old), None).is_some_and(|old| old.outline() == polygon.outline())
            });
            if !same {
                entry.set(Tree::ROOT, Polygon::KEY, &single)?;
            }
            let all = match old(entry, Polygon::ALL_KEY) {
                Some(old) => merge(&old, &all)?,
                None => all,
            };
            entry.set(Tree::ROOT, Polygon::ALL_KEY, &all)?;
            return Ok(());
        }
        let Some(key) = key_of(&self.shape()) else { return Ok(()) };
        let new = self.to_json();
        let text = match old(entry, key) {
            Some(old) => self.in_spelling_of(&old, &new)?,
            None => new,
        };
        entry.set(Tree::ROOT, key, &text)?;
        Ok(())
    }

    /// Writes the coordinates over those of an object entry.
    pub(crate) fn write_anew(&self, entry: &mut Tree) -> Result<(), EditError> {
        if let Some(key) = key_of(&self.shape()) {
            entry.set(Tree::ROOT, key, &self.to_json())?;
        }
        Ok(())
    }

    fn to_json(&self) -> String {
        each!(self, coordinates => Json::json(coordinates))
    }

    /// The new text in the old one's spelling.
    fn in_spelling_of(&self, old: &str, new: &str) -> Result<String, EditError> {
        match self {
            Self::Skeleton(skeleton) => skeleton_in_spelling_of(skeleton, old, new),
            // A line with fewer points, or a box with its depth said otherwise, must lose members.
            Self::Polyline(polyline) if members(old).count() != polyline.points.len() => Ok(new.to_owned()),
            Self::Point(point) if point.z.is_none() && old.contains("\"z\"") => Ok(new.to_owned()),
            Self::Polyline(polyline)
                if polyline.points.iter().all(|point| point.z.is_none()) && old.contains("\"z\"") =>
            {
                Ok(new.to_owned())
            }
            Self::Cuboid2d(_) => {
                let mut tree = Tree::parse(&merge(old, new)?)?;
                for key in ["vanishingPoint", "scaleRatio", "offset"] {
                    if !members(new).any(|(name, _)| name == key) {
                        tree.unset(Tree::ROOT, key);
                    }
                }
                Ok(tree.render(Tree::ROOT))
            }
            _ => Ok(merge(old, new)?),
        }
    }
}

/// Each shape's own text.
trait Json {
    fn json(&self) -> String;
}

macro_rules! json {
    ($($type:ident)*) => {
        $(impl Json for $type {
            fn json(&self) -> String {
                self.to_json()
            }
        })*
    };
}

json!(BoundingBox RotatableBoundingBox Polyline Point Skeleton Bitmask Cuboid Cuboid2d Circle Ellipse Segmentation);

impl Json for Polygon {
    fn json(&self) -> String {
        self.all_to_json()
    }
}

/// Vertices stay in the members they were read from, in their order. The older flags go where they would say otherwise.
fn skeleton_in_spelling_of(skeleton: &Skeleton, old: &str, new: &str) -> Result<String, EditError> {
    let before = Skeleton::parse(old);
    let Some(before) = before.filter(|before| before.vertices.len() == skeleton.vertices.len()) else {
        return Ok(new.to_owned());
    };
    let mut tree = Tree::parse(old)?;
    let nodes: Vec<_> = tree.children(Tree::ROOT).collect();
    let texts: Vec<String> = members(new).map(|(_, value)| value.to_owned()).collect();
    for (index, (node, text)) in nodes.into_iter().zip(texts).enumerate() {
        let (was, is) = (&before.vertices[index], &skeleton.vertices[index]);
        if was == is {
            continue;
        }
        let mut vertex = Tree::parse(tree.text(node))?;
        let flagged = VISIBILITY_FLAGS.iter().any(|flag| vertex.member(Tree::ROOT, flag).is_some());
        for (key, value) in members(&text) {
            if key == "visibility" && flagged && was.visibility == is.visibility {
                continue;
            }
            let value = match vertex.member(Tree::ROOT, &key) {
                Some(member) => merge(vertex.text(member), value)?,
                None => value.to_owned(),
            };
            vertex.set(Tree::ROOT, &key, &value)?;
        }
        if was.visibility != is.visibility {
            for flag in VISIBILITY_FLAGS {
                vertex.unset(Tree::ROOT, flag);
            }
            match &is.visibility {
                Some(visibility) => vertex.set(Tree::ROOT, "visibility", &quote(visibility.as_str())).map(|_| ())?,
                None => vertex.unset(Tree::ROOT, "visibility"),
            }
        }
        let text = vertex.render(Tree::ROOT);
        tree.replace(node, &text)?;
    }
    Ok(tree.render(Tree::ROOT))
}
