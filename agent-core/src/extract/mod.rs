//! The extractors: one file per parameter type or family.

mod background;
mod extra;
mod label_row;
mod label_row_info;
#[cfg(feature = "media")]
mod media;
mod object_instance;
mod ontology;
mod platform_client;
mod project;
mod selection;
mod state;
mod storage_item;
mod twin;

use std::cmp::Ordering;
use std::fmt;
use std::ops::{Add, Deref};
use std::sync::Arc;

use agent_platform::hash::ObjectHash;
use agent_platform::labels::{FrameIndex, Ranges};
use http::HeaderMap;
use serde::Serialize;

pub use agent_platform::client::TraceId;
pub use agent_platform::hash::{DataHash, ProjectHash};
pub use background::Background;
pub use extra::Extra;
#[cfg(feature = "media")]
pub use media::{AnyRegion, Asset, Crop, CroppableShape, Crops, FramePixels};
#[cfg(feature = "video")]
pub use media::{FrameStream, VideoFrames};
pub use object_instance::{AnyShape, ClassReader, ObjectInstance, ReadShape, ShapeOnFrame};
pub use selection::{FrameObjects, Selected};
pub use state::{ApplicationState, State};
pub use twin::{Twin, TwinPlace, TwinSource};

use crate::call::{Call, EditorCall, FromCall, OptionalFromCall};
use crate::error::AgentError;
use crate::payload::AgentPayload;
use crate::requirements::{PayloadMember, Requirements};

/// Declares all members of the payload.
fn declare_payload(requirements: &mut Requirements) {
    for member in [
        PayloadMember::PROJECT_HASH,
        PayloadMember::DATA_HASH,
        PayloadMember::FRAME,
        PayloadMember::OBJECT_HASHES,
        PayloadMember::EXTRA,
    ] {
        requirements.payload_member(member);
    }
}

impl FromCall for AgentPayload {
    async fn from_call(call: &EditorCall) -> Result<Self, AgentError> {
        call.payload().map(Arc::unwrap_or_clone)
    }

    fn declare(requirements: &mut Requirements) {
        requirements.item("payload");
        declare_payload(requirements);
    }
}

/// The hash of the project that the annotator works in.
impl FromCall for ProjectHash {
    async fn from_call(call: &EditorCall) -> Result<Self, AgentError> {
        Ok(call.payload()?.project_hash)
    }

    fn declare(requirements: &mut Requirements) {
        requirements.item("project hash");
        requirements.payload_member(PayloadMember::PROJECT_HASH);
    }
}

/// The hash of the data unit in front of the annotator.
impl FromCall for DataHash {
    async fn from_call(call: &EditorCall) -> Result<Self, AgentError> {
        Ok(call.payload()?.data_hash)
    }

    fn declare(requirements: &mut Requirements) {
        requirements.item("data hash");
        requirements.payload_member(PayloadMember::DATA_HASH);
    }
}

/// The index of the frame in front of the annotator, from 0. If the editor sends none, it is 0, and `Option<Frame>` is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Frame(pub u64);

impl FromCall for Frame {
    async fn from_call(call: &EditorCall) -> Result<Self, AgentError> {
        Ok(Self(call.payload()?.frame.unwrap_or(0)))
    }

    fn declare(requirements: &mut Requirements) {
        requirements.item("frame");
        requirements.payload_member(PayloadMember::FRAME);
    }
}

impl OptionalFromCall for Frame {
    async fn from_call_optional(call: &EditorCall) -> Result<Option<Self>, AgentError> {
        Ok(call.payload()?.frame.map(Self))
    }
}

/// A later frame: `frame + 1`. Saturates.
impl Add<u64> for Frame {
    type Output = Self;

    fn add(self, frames: u64) -> Self {
        Self(self.0.saturating_add(frames))
    }
}

impl PartialEq<u64> for Frame {
    fn eq(&self, number: &u64) -> bool {
        self.0 == *number
    }
}

impl PartialOrd<u64> for Frame {
    fn partial_cmp(&self, number: &u64) -> Option<Ordering> {
        self.0.partial_cmp(number)
    }
}

// Methods of a label row that take a frame or frames accept this type.
impl From<Frame> for FrameIndex {
    fn from(frame: Frame) -> Self {
        Self(frame.0)
    }
}

impl From<Frame> for Ranges {
    fn from(frame: Frame) -> Self {
        Self::from(frame.0)
    }
}

impl fmt::Display for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The hashes of the selected objects, as a slice. It is empty if nothing is selected, and also if the editor sent no selection;
/// [`were_sent`](Self::were_sent) and `Option<ObjectHashes>` tell the two apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectHashes {
    hashes: Option<Vec<ObjectHash>>,
}

impl ObjectHashes {
    /// Creates a selection, for a unit test of an agent.
    #[must_use]
    pub fn new<H: Into<ObjectHash>>(hashes: impl IntoIterator<Item = H>) -> Self {
        Self { hashes: Some(hashes.into_iter().map(Into::into).collect()) }
    }

    /// Creates the value of a call without a selection, for a unit test of an agent.
    #[must_use]
    pub fn absent() -> Self {
        Self { hashes: None }
    }

    /// Returns `true` if the editor sent a selection, even an empty one.
    #[must_use]
    pub fn were_sent(&self) -> bool {
        self.hashes.is_some()
    }
}

impl Deref for ObjectHashes {
    type Target = [ObjectHash];

    fn deref(&self) -> &[ObjectHash] {
        self.hashes.as_deref().unwrap_or_default()
    }
}

impl<'a> IntoIterator for &'a ObjectHashes {
    type Item = &'a ObjectHash;
    type IntoIter = std::slice::Iter<'a, ObjectHash>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for ObjectHashes {
    type Item = ObjectHash;
    type IntoIter = std::vec::IntoIter<ObjectHash>;

    fn into_iter(self) -> Self::IntoIter {
        self.hashes.unwrap_or_default().into_iter()
    }
}

impl FromCall for ObjectHashes {
    async fn from_call(call: &EditorCall) -> Result<Self, AgentError> {
        Ok(Self { hashes: call.payload()?.object_hashes.clone() })
    }

    fn declare(requirements: &mut Requirements) {
        requirements.item("selected objects");
        requirements.payload_member(PayloadMember::OBJECT_HASHES);
    }
}

impl OptionalFromCall for ObjectHashes {
    async fn from_call_optional(call: &EditorCall) -> Result<Option<Self>, AgentError> {
        Ok(Some(Self::from_call(call).await?).filter(Self::were_sent))
    }
}

/// The id of the trace that the call belongs to. It is in the caller's logs, too.
impl<C: Call> FromCall<C> for TraceId {
    async fn from_call(call: &C) -> Result<Self, AgentError> {
        Ok(call.trace().id().clone())
    }

    fn declare(requirements: &mut Requirements) {
        requirements.item("trace id");
    }
}

impl FromCall for HeaderMap {
    async fn from_call(call: &EditorCall) -> Result<Self, AgentError> {
        Ok(call.headers().clone())
    }

    fn declare(requirements: &mut Requirements) {
        requirements.item("headers");
    }
}

/// The call itself: URI, body, deadline, and [`save`](EditorCall::save). Cheap to clone.
impl FromCall for EditorCall {
    async fn from_call(call: &EditorCall) -> Result<Self, AgentError> {
        Ok(call.clone())
    }

    fn declare(requirements: &mut Requirements) {
        requirements.item("call");
        declare_payload(requirements);
    }
}
