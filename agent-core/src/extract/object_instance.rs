//! An object instance on a frame, with coordinates of the shape that was asked for.

use std::borrow::Cow;
use std::ops::Deref;

use agent_platform::hash::{AsHash, FeatureHash, ObjectHash};
use agent_platform::labels::{AnyCoordinates, Coordinates, FrameObject, LabelRow, Object, ReadError};
use agent_platform::typed::{ObjectType, check_class, read_object, read_ranged_object};

use crate::requirements::Requirements;

/// A shape that [`Selected`](super::Selected) and [`FrameObjects`](super::FrameObjects) extract: one of
/// `agent_platform::labels`, such as `Polygon`, [`AnyShape`], or an object class of `ontology!`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a shape that objects can have",
    label = "not a shape",
    note = "use `BoundingBox`, `RotatableBoundingBox`, `Polygon`, `Polyline`, `Point`, `Skeleton`, `Bitmask`, `Circle`, `Ellipse`, `Cuboid`, `Cuboid2d` or `Segmentation`, or `AnyShape` for objects of every shape; a class of `ontology!` is a shape, too"
)]
pub trait ShapeOnFrame: Clone + Send + Sync + 'static {
    /// The type that reads the shape.
    type Reader: ReadShape<Self>;
}

/// Reads objects as a shape `S`.
pub trait ReadShape<S> {
    /// Returns the name of the shape for an annotator, such as `bounding box`.
    fn name() -> String;

    /// Reads the coordinates of an object that is on the frame.
    ///
    /// # Errors
    /// The object has another shape, or its coordinates are invalid.
    fn read(object: &FrameObject<'_>) -> Result<S, ReadError>;

    /// Reads an object that is not on the frame. `None` if such an object is an error.
    ///
    /// # Errors
    /// The object has another shape, or its ranges are malformed.
    fn read_elsewhere(_: &Object<'_>) -> Result<Option<S>, ReadError> {
        Ok(None)
    }

    /// Declares the class of the objects, if they have one.
    fn declare(_: &mut Requirements) {}

    /// Checks that the label row can have such objects.
    ///
    /// # Errors
    /// The class of the objects has changed since the build.
    fn check(_: &LabelRow) -> Result<(), ReadError> {
        Ok(())
    }
}

#[diagnostic::do_not_recommend]
impl<S: Coordinates> ShapeOnFrame for S {
    type Reader = S;
}

impl<S: Coordinates> ReadShape<S> for S {
    fn name() -> String {
        words(S::SHAPE.as_str())
    }

    fn read(object: &FrameObject<'_>) -> Result<Self, ReadError> {
        object.coordinates()
    }
}

/// Reader of the objects of a class of `ontology!`.
#[derive(Debug, Clone, Copy)]
pub struct ClassReader;

impl<C: ObjectType> ReadShape<C> for ClassReader {
    fn name() -> String {
        C::TITLE.to_owned()
    }

    fn read(object: &FrameObject<'_>) -> Result<C, ReadError> {
        read_object(object)
    }

    fn read_elsewhere(object: &Object<'_>) -> Result<Option<C>, ReadError> {
        read_ranged_object(object)
    }

    fn declare(requirements: &mut Requirements) {
        requirements.class(C::CLASS);
    }

    /// The first comparison of a class with a project logs titles that differ.
    fn check(row: &LabelRow) -> Result<(), ReadError> {
        for rename in check_class::<C>(row)? {
            tracing::warn!(class = C::TITLE, %rename, "the ontology of the project has another title");
        }
        Ok(())
    }
}

/// The coordinates of an object of any shape. `None` for shapes without coordinates on frames, such as ranges of a sound, and for
/// shapes that this version does not know.
#[derive(Debug, Clone, PartialEq)]
pub struct AnyShape(pub Option<AnyCoordinates>);

#[diagnostic::do_not_recommend]
impl ShapeOnFrame for AnyShape {
    type Reader = Self;
}

impl ReadShape<Self> for AnyShape {
    fn name() -> String {
        "object of any shape".to_owned()
    }

    fn read(object: &FrameObject<'_>) -> Result<Self, ReadError> {
        Ok(Self(object.any_coordinates().ok()))
    }

    fn read_elsewhere(_: &Object<'_>) -> Result<Option<Self>, ReadError> {
        Ok(Some(Self(None)))
    }
}

/// An object instance on the frame of the call.
#[derive(Debug, Clone, PartialEq)]
pub struct ObjectInstance<S> {
    hash: ObjectHash,
    feature_hash: FeatureHash,
    class: String,
    frame: u64,
    /// The coordinates, relative to the frame, from 0 to 1. For a class of `ontology!`, the object with its answers.
    pub coordinates: S,
}

impl<S: ShapeOnFrame> ObjectInstance<S> {
    pub(super) fn read(object: &FrameObject<'_>) -> Result<Self, ReadError> {
        let coordinates = S::Reader::read(object)?;
        Ok(Self::from_object(&object.object(), object.frame(), coordinates))
    }

    pub(super) fn from_object(object: &Object<'_>, frame: u64, coordinates: S) -> Self {
        let (hash, feature_hash) = (object.hash().clone(), object.feature_hash().clone());
        Self { hash, feature_hash, class: class_of(object), frame, coordinates }
    }
}

impl<S> ObjectInstance<S> {
    /// Creates an object of a class, by its title, on a frame, for a unit test of an agent.
    #[must_use]
    pub fn new(hash: impl Into<ObjectHash>, class: impl Into<String>, frame: u64, coordinates: S) -> Self {
        Self { hash: hash.into(), feature_hash: FeatureHash::default(), class: class.into(), frame, coordinates }
    }

    /// Returns the object hash. `row.edit(&object)` takes the object itself, too.
    #[must_use]
    pub fn hash(&self) -> &ObjectHash {
        &self.hash
    }

    /// Returns the feature node hash of the class.
    #[must_use]
    pub fn feature_hash(&self) -> &FeatureHash {
        &self.feature_hash
    }

    /// Returns the title of the class; empty if the ontology does not have it.
    #[must_use]
    pub fn class(&self) -> &str {
        &self.class
    }

    /// Returns the frame, from 0.
    #[must_use]
    pub fn frame(&self) -> u64 {
        self.frame
    }
}

/// An object of a class of `ontology!` has the methods of the class: `coin.metal()`.
impl<C: ObjectType> Deref for ObjectInstance<C> {
    type Target = C;

    fn deref(&self) -> &C {
        &self.coordinates
    }
}

impl<S> AsHash<ObjectHash> for ObjectInstance<S> {
    fn as_hash(&self) -> Cow<'_, str> {
        self.hash.as_hash()
    }
}

pub(super) fn class_of(object: &Object<'_>) -> String {
    object.class().map(|class| class.name().to_owned()).unwrap_or_default()
}

/// Returns a word of the wire as an annotator reads it: `bounding_box` as `bounding box`.
pub(super) fn words(wire: &str) -> String {
    wire.replace('_', " ")
}
