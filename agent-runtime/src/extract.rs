//! The parameters an agent can have.

use std::fmt;
use std::future::Future;
use std::ops::Deref;
use std::sync::Arc;

use agent_platform::labels::{FrameIndex, Ranges};
use axum::http::HeaderMap;
use serde::Serialize;
use uuid::Uuid;

use crate::call::EditorCall;
use crate::error::AgentError;
use crate::needs::{Needs, short_name};
use crate::payload::AgentPayload;
use crate::trace::Trace;

/// What a parameter of an editor agent can be: something that is worked out from the call.
///
/// Implement it for a type of your own to make that a parameter:
///
/// ```
/// use agent_runtime::prelude::*;
///
/// /// The customer that the project belongs to.
/// struct Customer(String);
///
/// impl FromCall for Customer {
///     async fn from_call(call: &EditorCall) -> agent_runtime::Result<Self> {
///         let project: ProjectHash = call.extract().await?;
///         Ok(Customer(format!("customer of {project}")))
///     }
///
///     fn declare(needs: &mut Needs) {
///         ProjectHash::declare(needs);
///         needs.item("customer");
///     }
/// }
///
/// #[editor_agent]
/// async fn greet(customer: Customer) -> String {
///     format!("Hello, {}", customer.0)
/// }
/// ```
///
/// The parameters of one call are worked out at the same time. What several of them need is shared with
/// [`EditorCall::once`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not something an editor agent can ask for",
    label = "not an extractor",
    note = "a parameter is one of `AgentPayload`, `ProjectHash`, `DataHash`, `Frame`, `ObjectHashes`, `Extra<_>`, `LabelRow`, `Selected<_>`, `FrameObjects<_>`, `Ontology`, `Project`, `LabelRowInfo`, `StorageItem`, `FramePixels`, `Asset`, `Crops<_>`, `VideoFrames`, `PlatformClient`, `Background`, `TraceId`, `HeaderMap`, `State<_>`, or an `Option<_>` or `Result<_, AgentError>` of one",
    note = "for application state write `State<{Self}>`; to make `{Self}` a parameter, implement `agent_runtime::FromCall` for it"
)]
pub trait FromCall: Sized + Send + 'static {
    /// Works the value out.
    ///
    /// # Errors
    /// Whatever keeps the agent from having it; the annotator is answered with it, and the agent does not run.
    fn from_call(call: &EditorCall) -> impl Future<Output = Result<Self, AgentError>> + Send;

    /// The same for an `Option<_>` parameter: `None` if the thing is not there. Unless implemented, that is when
    /// [`from_call`](Self::from_call) fails with 404; other failures stay failures.
    ///
    /// # Errors
    /// Whatever is wrong beyond the thing not being there.
    fn from_call_if_there(call: &EditorCall) -> impl Future<Output = Result<Option<Self>, AgentError>> + Send {
        async {
            match Self::from_call(call).await {
                Ok(value) => Ok(Some(value)),
                Err(error) if error.is_not_found() => Ok(None),
                Err(error) => Err(error),
            }
        }
    }

    /// Says what this takes, for the start-up table and the listing. Unless implemented, the type's name.
    fn declare(needs: &mut Needs) {
        needs.item(short_name(std::any::type_name::<Self>()));
    }
}

/// `None` if the thing is not there.
impl<E: FromCall> FromCall for Option<E> {
    async fn from_call(call: &EditorCall) -> Result<Self, AgentError> {
        E::from_call_if_there(call).await
    }

    fn declare(needs: &mut Needs) {
        needs.optionally(E::declare);
    }
}

/// The agent runs even if the thing cannot be had, and decides for itself what to do.
impl<E: FromCall> FromCall for Result<E, AgentError> {
    async fn from_call(call: &EditorCall) -> Result<Self, AgentError> {
        Ok(E::from_call(call).await)
    }

    fn declare(needs: &mut Needs) {
        needs.optionally(E::declare);
    }
}

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
