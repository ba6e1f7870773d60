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

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use agent_platform::labels::{FrameIndex, Ranges};
use http::HeaderMap;
use serde::Serialize;
use uuid::Uuid;

pub use background::Background;
pub use extra::Extra;
pub use label_row::LabelRow;
#[cfg(feature = "media")]
pub use media::{AnyRegion, Asset, Crop, CroppableShape, Crops, FramePixels};
#[cfg(feature = "video")]
pub use media::{FrameStream, VideoFrames};
pub use object_instance::{AnyShape, ObjectInstance, ShapeOnFrame};
pub use platform_client::PlatformClient;
pub use selection::{FrameObjects, Selected};
pub use state::{ApplicationState, State};

use crate::agent::call::{EditorCall, FromCall};
use crate::error::AgentError;
use crate::payload::AgentPayload;
use crate::requirements::Needs;
use crate::trace::Trace;

impl FromCall for AgentPayload {
    async fn from_call(call: &EditorCall) -> Result<Self, AgentError> {
        call.payload().map(Arc::unwrap_or_clone)
    }

    fn declare(needs: &mut Needs) {
        needs.item("payload");
    }
}

/// The project the annotator works in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct ProjectHash(pub Uuid);

impl FromCall for ProjectHash {
    async fn from_call(call: &EditorCall) -> Result<Self, AgentError> {
        Ok(Self(call.payload()?.project_hash))
    }

    fn declare(needs: &mut Needs) {
        needs.item("project hash");
    }
}

impl fmt::Display for ProjectHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The data unit in front of the annotator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct DataHash(pub Uuid);

impl FromCall for DataHash {
    async fn from_call(call: &EditorCall) -> Result<Self, AgentError> {
        Ok(Self(call.payload()?.data_hash))
    }

    fn declare(needs: &mut Needs) {
        needs.item("data hash");
    }
}

impl fmt::Display for DataHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The frame in front of the annotator, from 0. Where the editor sends none it is 0; `Option<Frame>` is `None` then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Frame(pub u64);

impl FromCall for Frame {
    async fn from_call(call: &EditorCall) -> Result<Self, AgentError> {
        Ok(Self(call.payload()?.frame.unwrap_or(0)))
    }

    async fn from_call_if_there(call: &EditorCall) -> Result<Option<Self>, AgentError> {
        Ok(call.payload()?.frame.map(Self))
    }

    fn declare(needs: &mut Needs) {
        needs.item("frame");
    }
}

// Whatever of a label row takes a frame, or frames, takes this one.
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

/// The selected objects, as a slice of their hashes. Whether the editor said nothing of a selection or that nothing is
/// selected, the slice is empty; [`were_sent`](Self::were_sent) and `Option<ObjectHashes>` tell the two apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectHashes {
    hashes: Option<Vec<String>>,
}

impl ObjectHashes {
    /// For a unit test of an agent: these objects are selected.
    #[must_use]
    pub fn of<H: Into<String>>(hashes: impl IntoIterator<Item = H>) -> Self {
        Self { hashes: Some(hashes.into_iter().map(Into::into).collect()) }
    }

    /// For a unit test of an agent: the editor says nothing of a selection.
    #[must_use]
    pub fn absent() -> Self {
        Self { hashes: None }
    }

    /// Whether the editor sent a selection, be it an empty one.
    #[must_use]
    pub fn were_sent(&self) -> bool {
        self.hashes.is_some()
    }
}

impl Deref for ObjectHashes {
    type Target = [String];

    fn deref(&self) -> &[String] {
        self.hashes.as_deref().unwrap_or_default()
    }
}

impl FromCall for ObjectHashes {
    async fn from_call(call: &EditorCall) -> Result<Self, AgentError> {
        Ok(Self { hashes: call.payload()?.object_hashes.clone() })
    }

    async fn from_call_if_there(call: &EditorCall) -> Result<Option<Self>, AgentError> {
        Ok(Some(Self::from_call(call).await?).filter(Self::were_sent))
    }

    fn declare(needs: &mut Needs) {
        needs.item("selected objects");
    }
}

/// The id of the trace the call belongs to: in the caller's logs and in ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceId(pub String);

impl TraceId {
    pub(crate) fn of(trace: &Trace) -> Self {
        Self(trace.id().to_owned())
    }
}

impl FromCall for TraceId {
    async fn from_call(call: &EditorCall) -> Result<Self, AgentError> {
        Ok(Self::of(call.trace()))
    }

    fn declare(needs: &mut Needs) {
        needs.item("trace id");
    }
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromCall for HeaderMap {
    async fn from_call(call: &EditorCall) -> Result<Self, AgentError> {
        Ok(call.headers().clone())
    }

    fn declare(needs: &mut Needs) {
        needs.item("headers");
    }
}

/// The call itself, for what no other parameter gives.
impl FromCall for EditorCall {
    async fn from_call(call: &EditorCall) -> Result<Self, AgentError> {
        Ok(call.clone())
    }

    fn declare(needs: &mut Needs) {
        needs.item("call");
    }
}
