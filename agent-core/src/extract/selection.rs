//! The selected objects, and all objects of the frame, typed by shape.

use std::ops::Deref;
use std::slice;

use agent_platform::hash::ObjectHash;
use agent_platform::labels::{LabelRow, ReadError};

use super::object_instance::{ObjectInstance, ReadShape, ShapeOnFrame, class_of, words};
use crate::call::EditorCall;
use crate::call::{FromCall, OptionalFromCall};
use crate::error::{AgentError, ErrorStatus};
use crate::extract::{Frame, ObjectHashes};
use crate::platform::PlatformService;
use crate::platform::fetched_row::fetched_row;
use crate::requirements::{PayloadMember, Requirements, short_name};

/// The selected objects, as a slice of [`ObjectInstance`]s with coordinates of the shape `S`, in the order of the
/// selection. Empty if nothing is selected; `Option<Selected<S>>` is `None` if the editor sent no selection.
///
/// If an object has another shape, is on another frame or is missing in the label row, the agent does not run, and the annotator
/// gets a sentence that names the object. [`AnyShape`](super::AnyShape) accepts every object of the row.
///
/// ```
/// use agent_runtime::prelude::*;
///
/// #[editor_agent]
/// async fn simplify(frame: Frame, selected: Selected<Polygon>, row: &mut LabelRow) -> Result<String> {
///     let mut removed = 0;
///     for polygon in &selected {
///         removed += row.edit(polygon)?.at(frame)?.simplify(0.002)?;
///     }
///     Ok(format!("{removed} vertices removed."))
/// }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Selected<S>(Vec<ObjectInstance<S>>);

/// All objects of the shape `S` on the frame, as a slice of [`ObjectInstance`]s in the order they are written. Objects
/// of other shapes are left out; [`AnyShape`](super::AnyShape) accepts all.
///
/// ```
/// use agent_runtime::prelude::*;
///
/// #[editor_agent]
/// async fn check_boxes(boxes: FrameObjects<BoundingBox>) -> Result<String> {
///     for found in &boxes {
///         ensure!(found.coordinates.width > 0.01, "The {} is too narrow.", found.class());
///     }
///     Ok(format!("{} boxes are wide enough.", boxes.len()))
/// }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct FrameObjects<S>(Vec<ObjectInstance<S>>);

/// Implements the conversions to a slice and an iterator.
macro_rules! slice_of_objects {
    ($type:ident) => {
        impl<S> $type<S> {
            /// Creates the value from objects, for a unit test of an agent.
            #[must_use]
            pub fn new(objects: impl IntoIterator<Item = ObjectInstance<S>>) -> Self {
                Self(objects.into_iter().collect())
            }
        }

        impl<S> Deref for $type<S> {
            type Target = [ObjectInstance<S>];

            fn deref(&self) -> &[ObjectInstance<S>] {
                &self.0
            }
        }

        impl<'o, S> IntoIterator for &'o $type<S> {
            type Item = &'o ObjectInstance<S>;
            type IntoIter = slice::Iter<'o, ObjectInstance<S>>;

            fn into_iter(self) -> Self::IntoIter {
                self.0.iter()
            }
        }

        impl<S> IntoIterator for $type<S> {
            type Item = ObjectInstance<S>;
            type IntoIter = std::vec::IntoIter<ObjectInstance<S>>;

            fn into_iter(self) -> Self::IntoIter {
                self.0.into_iter()
            }
        }
    };
}

slice_of_objects!(Selected);
slice_of_objects!(FrameObjects);

impl<S: ShapeOnFrame> FromCall for Selected<S> {
    async fn from_call(call: &EditorCall) -> Result<Self, AgentError> {
        let hashes: ObjectHashes = call.extract().await?;
        if hashes.is_empty() {
            return Ok(Self(Vec::new()));
        }
        let (frame, row) = row_and_frame(call).await?;
        S::Reader::check(&row)?;
        let objects = hashes.iter().map(|hash| selected(&row, hash, frame, call.agent()));
        objects.collect::<Result<_, _>>().map(Self)
    }

    fn declare(requirements: &mut Requirements) {
        requirements
            .service(format!("selected objects ({})", short_name(std::any::type_name::<S>())), &PlatformService);
        S::Reader::declare(requirements);
        requirements.data_unit();
        requirements.payload_member(PayloadMember::FRAME);
        requirements.payload_member(PayloadMember::OBJECT_HASHES);
    }
}

impl<S: ShapeOnFrame> OptionalFromCall for Selected<S> {
    async fn from_call_optional(call: &EditorCall) -> Result<Option<Self>, AgentError> {
        match ObjectHashes::from_call_optional(call).await? {
            Some(_) => Self::from_call(call).await.map(Some),
            None => Ok(None),
        }
    }
}

impl<S: ShapeOnFrame> FromCall for FrameObjects<S> {
    async fn from_call(call: &EditorCall) -> Result<Self, AgentError> {
        let (Frame(frame), row) = row_and_frame(call).await?;
        S::Reader::check(&row)?;
        Ok(Self(row.frame(frame).objects().filter_map(|object| ObjectInstance::read(&object).ok()).collect()))
    }

    fn declare(requirements: &mut Requirements) {
        requirements
            .service(format!("objects on the frame ({})", short_name(std::any::type_name::<S>())), &PlatformService);
        S::Reader::declare(requirements);
        requirements.data_unit();
        requirements.payload_member(PayloadMember::FRAME);
    }
}

async fn row_and_frame(call: &EditorCall) -> Result<(Frame, LabelRow), AgentError> {
    let frame: Frame = call.extract().await?;
    Ok((frame, fetched_row(call).await?.row.clone()))
}

/// Reads a selected object, or explains to the annotator why the agent does not accept it.
fn selected<S: ShapeOnFrame>(
    row: &LabelRow,
    hash: &ObjectHash,
    frame: Frame,
    agent: &str,
) -> Result<ObjectInstance<S>, AgentError> {
    let not_found = |message| AgentError::new(ErrorStatus::NotFound, message);
    let object = row.object(hash).map_err(|_| {
        not_found(format!("The label row has no object {hash}; if it is new, wait until the editor has saved it."))
    })?;
    let name = match class_of(&object) {
        class if class.is_empty() => format!("The selected object {hash}"),
        class => format!("The selected {class} ({hash})"),
    };
    let refuse = |error| match error {
        ReadError::OtherShape { shape, .. } => AgentError::complaint(format!(
            "{name} is a {}; {agent} works on a {} only.",
            words(shape.as_str()),
            S::Reader::name()
        )),
        ReadError::OtherClass { .. } => {
            AgentError::complaint(format!("{name} is not a {0}; {agent} works on a {0} only.", S::Reader::name()))
        }
        ReadError::OntologyChanged(changed) => ReadError::OntologyChanged(changed).into(),
        other => AgentError::complaint(format!("{name} cannot be read as a {}.", S::Reader::name())).with_cause(other),
    };
    let Ok(placed) = object.at(frame) else {
        let missing = || not_found(format!("{name} is not on frame {frame}."));
        return S::Reader::read_elsewhere(&object)
            .map_err(refuse)?
            .map(|coordinates| ObjectInstance::from_object(&object, frame.0, coordinates))
            .ok_or_else(missing);
    };
    ObjectInstance::read(&placed).map_err(refuse)
}
