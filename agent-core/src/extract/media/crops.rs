//! The pixels of objects as a parameter.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;
use std::slice;
use std::sync::Arc;

use agent_platform::hash::{AsHash, FeatureHash, ObjectHash};
use agent_platform::labels::{BoundingBox, RotatableBoundingBox};
use agent_platform::media::{CropError, Croppable, PixelBox, Rgb, RgbImage, straightened};

use super::frame_pixels;
use crate::call::EditorCall;
use crate::call::FromCall;
use crate::error::AgentError;
use crate::extract::ObjectHashes;
use crate::extract::object_instance::{ObjectInstance, ReadShape, ShapeOnFrame};
use crate::extract::selection::{FrameObjects, Selected};
use crate::platform::PlatformService;
use crate::requirements::{PayloadMember, Requirements, short_name};

/// A shape that [`Crops`] extracts: one that covers a part of the image, or [`AnyRegion`](super::AnyRegion).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a shape that can be cut out of an image",
    label = "cannot be cut out",
    note = "write `Crops<BoundingBox>`, `Crops<RotatableBoundingBox>`, `Crops<Polygon>` or `Crops<Bitmask>`, or `Crops<AnyRegion>` for objects of all four shapes"
)]
pub trait CroppableShape: ShapeOnFrame + Croppable {}

#[diagnostic::do_not_recommend]
impl<S: ShapeOnFrame + Croppable> CroppableShape for S {}

/// The objects of the shape `S` with their pixels, as a slice of [`Crop`]s: the selected ones if some are selected, else all
/// on the frame. Pixels are cut out when they are asked for.
///
/// If a selected object has another shape, is on another frame or is unknown, the annotator gets a sentence that names it.
/// Without a selection, objects of other shapes are left out. [`AnyRegion`](super::AnyRegion) accepts every shape that covers
/// a part of the image.
///
/// ```
/// use agent_runtime::prelude::*;
/// use agent_runtime::media::{Encoding, encode};
///
/// #[editor_agent]
/// async fn describe(crops: Crops<BoundingBox>) -> Result<String> {
///     for crop in crops.of_class("Vehicle") {
///         let part = encode(&crop.image()?, Encoding::jpeg(85))?.anthropic_part();
///         // ... ask a model with it
///     }
///     Ok(format!("{} boxes", crops.len()))
/// }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Crops<S>(Vec<Crop<S>>);

/// An object with its pixels.
#[derive(Clone, PartialEq)]
pub struct Crop<S> {
    object: ObjectInstance<S>,
    frame: Arc<RgbImage>,
}

impl<S> Crops<S> {
    /// Creates the value from objects and their frame, for a unit test of an agent.
    #[must_use]
    pub fn new(objects: impl IntoIterator<Item = ObjectInstance<S>>, frame: RgbImage) -> Self {
        Self::on(objects, &Arc::new(frame))
    }

    fn on(objects: impl IntoIterator<Item = ObjectInstance<S>>, frame: &Arc<RgbImage>) -> Self {
        Self(objects.into_iter().map(|object| Crop { object, frame: Arc::clone(frame) }).collect())
    }

    /// Returns the crops of a class, by its title or feature node hash.
    pub fn of_class<C: AsRef<str>>(&self, class: C) -> impl Iterator<Item = &Crop<S>> {
        self.0.iter().filter(move |crop| crop.class() == class.as_ref() || crop.feature_hash() == class.as_ref())
    }
}

impl<S> Crop<S> {
    /// Returns the object.
    #[must_use]
    pub fn object(&self) -> &ObjectInstance<S> {
        &self.object
    }

    /// Returns the object hash. `row.edit(crop)` takes the crop itself, too.
    #[must_use]
    pub fn hash(&self) -> &ObjectHash {
        self.object.hash()
    }

    /// Returns the title of the class; empty if the ontology does not have it.
    #[must_use]
    pub fn class(&self) -> &str {
        self.object.class()
    }

    /// Returns the feature node hash of the class.
    #[must_use]
    pub fn feature_hash(&self) -> &FeatureHash {
        self.object.feature_hash()
    }

    /// Returns the index of the frame, from 0.
    #[must_use]
    pub fn frame(&self) -> u64 {
        self.object.frame()
    }

    /// Returns the coordinates, in relative coordinates of the frame from 0 to 1.
    #[must_use]
    pub fn coordinates(&self) -> &S {
        &self.object.coordinates
    }

    /// Returns the whole frame.
    #[must_use]
    pub fn frame_pixels(&self) -> &RgbImage {
        &self.frame
    }

    /// Creates the error about an object that cannot be cut out. It names the object.
    fn complaint(&self, error: CropError) -> AgentError {
        let hash = self.object.hash();
        let name = match self.object.class() {
            "" => format!("The object {hash}"),
            class => format!("The {class} ({hash})"),
        };
        AgentError::complaint(format!("{name} {error}.")).with_cause(error)
    }
}

impl<S: CroppableShape> Crop<S> {
    /// Returns the box around the object, in pixels of the frame.
    ///
    /// # Errors
    /// 400 with the name of the object if it covers nothing of the image.
    pub fn pixels(&self) -> Result<PixelBox, AgentError> {
        let (width, height) = self.frame.dimensions();
        self.object.coordinates.pixels(width, height).map_err(|error| self.complaint(error))
    }

    /// Returns the pixels of the box around the object.
    ///
    /// # Errors
    /// As [`Self::pixels`].
    pub fn image(&self) -> Result<RgbImage, AgentError> {
        self.object.coordinates.crop(&self.frame).map_err(|error| self.complaint(error))
    }

    /// Returns the pixels of the box around the object, with `fill` outside of the object.
    ///
    /// # Errors
    /// As [`Self::pixels`].
    pub fn masked(&self, fill: Rgb<u8>) -> Result<RgbImage, AgentError> {
        self.object.coordinates.masked(&self.frame, fill).map_err(|error| self.complaint(error))
    }

    /// Converts a box in relative coordinates of the crop, such as a model returns, to relative coordinates of the frame.
    ///
    /// # Errors
    /// As [`Self::pixels`].
    pub fn to_frame(&self, found: &BoundingBox) -> Result<BoundingBox, AgentError> {
        Ok(self.pixels()?.to_whole(found, self.frame.width(), self.frame.height()))
    }
}

impl Crop<RotatableBoundingBox> {
    /// Returns the pixels of the rotated box, upright: its upper edge is the upper edge of the result.
    ///
    /// # Errors
    /// As [`Self::pixels`].
    pub fn straightened(&self) -> Result<RgbImage, AgentError> {
        straightened(&self.frame, &self.object.coordinates).map_err(|error| self.complaint(error))
    }
}

impl<S: fmt::Debug> fmt::Debug for Crop<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Crop").field("object", &self.object).finish_non_exhaustive()
    }
}

impl<S> AsHash<ObjectHash> for Crop<S> {
    fn as_hash(&self) -> Cow<'_, str> {
        self.object.as_hash()
    }
}

impl<S> Deref for Crops<S> {
    type Target = [Crop<S>];

    fn deref(&self) -> &[Crop<S>] {
        &self.0
    }
}

impl<'c, S> IntoIterator for &'c Crops<S> {
    type Item = &'c Crop<S>;
    type IntoIter = slice::Iter<'c, Crop<S>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<S> IntoIterator for Crops<S> {
    type Item = Crop<S>;
    type IntoIter = std::vec::IntoIter<Crop<S>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<S: CroppableShape> FromCall for Crops<S> {
    async fn from_call(call: &EditorCall) -> Result<Self, AgentError> {
        let (frame, objects) = tokio::try_join!(frame_pixels::frame(call), objects(call))?;
        Ok(Self::on(objects, &frame))
    }

    fn declare(requirements: &mut Requirements) {
        requirements
            .service(format!("crops of objects ({})", short_name(std::any::type_name::<S>())), &PlatformService);
        S::Reader::declare(requirements);
        requirements.data_unit();
        requirements.payload_member(PayloadMember::FRAME);
        requirements.payload_member(PayloadMember::OBJECT_HASHES);
    }
}

async fn objects<S: CroppableShape>(call: &EditorCall) -> Result<Vec<ObjectInstance<S>>, AgentError> {
    let selection: ObjectHashes = call.extract().await?;
    if selection.is_empty() {
        return Ok(FrameObjects::from_call(call).await?.into_iter().collect());
    }
    Ok(Selected::from_call(call).await?.into_iter().collect())
}
