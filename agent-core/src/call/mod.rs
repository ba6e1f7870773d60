//! One call of one agent: the request, and the values that its extractors share.

mod context;
mod frames;
mod from_call;
mod request;
mod source;

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::net::IpAddr;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Instant;

use agent_platform::memory::MemoryAccount;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, Uri};
use tokio::sync::OnceCell;

pub use context::CallContext;
pub use frames::SaveOutcome;
pub(crate) use frames::{SentSave, TaskFrames};
pub use from_call::{FromCall, OptionalFromCall, Shareable};
pub use source::Call;
pub(crate) use source::sealed;

use crate::background::{Deferred, Pool};
use crate::call_permit::{CallGuard, CallPermit, WeakPermit};
use crate::definition::{AgentDefinition, LabelRowRequest};
use crate::dry_run::DryRun;
use crate::error::AgentError;
use crate::payload::AgentPayload;
use crate::row_transaction::RowTransaction;
use crate::save_counts::SaveCounts;
use crate::states::States;
use crate::timings::Timings;
use crate::trace::Trace;
use request::CallRequest;

/// One call of an agent, as its parameters see it. Cheap to clone.
///
/// Extractors read it; a [`FromCall`] of your own gets at the other extractors with [`extract`](Self::extract) and
/// shares work between parameters with [`once`](Self::once).
#[derive(Clone)]
pub struct EditorCall(Arc<Run>);

/// One run of the agent for the call. After a conflict there can be several.
struct Run {
    request: Arc<CallRequest>,
    /// The call of the task, if this is the call of one of its frames.
    task: Option<EditorCall>,
    /// The request of the call that this is the twin of: the permit, the saves and the memory belong to it.
    origin: Option<Arc<CallRequest>>,
    /// The changes that the frames of a task have in common. Set if this is the call of a task.
    frames: OnceLock<TaskFrames>,
    store: Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
    /// The transaction on the label row.
    row_transaction: RowTransaction,
}

impl Run {
    fn new(request: Arc<CallRequest>, task: Option<EditorCall>) -> Self {
        Self {
            request,
            task,
            origin: None,
            frames: OnceLock::new(),
            store: Mutex::new(HashMap::new()),
            row_transaction: RowTransaction::default(),
        }
    }
}

/// The result of [`EditorCall::once`] for a type. An error is kept, too: it is returned to every caller, without a retry.
type Slot<T> = OnceCell<Result<Arc<T>, AgentError>>;

impl EditorCall {
    /// Creates a call of an agent, before its body is read.
    #[must_use]
    pub fn new(definition: &'static AgentDefinition, request: Parts, context: CallContext) -> Self {
        let request = CallRequest::new(definition, request, context);
        Self(Arc::new(Run::new(Arc::new(request), None)))
    }

    /// Returns a copy of the call without extracted values, for a rerun.
    #[must_use]
    pub fn again(&self) -> Self {
        self.request().discard_results();
        Self(Arc::new(Run::new(Arc::clone(&self.0.request), None)))
    }

    /// Returns a call with the same payload for work that goes on without this call. It has no deadline, no permit and no extracted
    /// values, and an account of its own for memory. It is a dry run if this call is.
    ///
    /// # Errors
    /// The payload is invalid.
    pub fn detached(&self) -> Result<Self, AgentError> {
        let payload = AgentPayload::clone(&*self.payload()?);
        let mut request = self.request().with_payload(payload);
        request.deadline = None;
        let call = Self(Arc::new(Run::new(Arc::new(request), None)));
        if self.is_dry_run() {
            call.set_dry_run();
        }
        Ok(call)
    }

    fn request(&self) -> &CallRequest {
        &self.0.request
    }

    /// Returns the call of the task that this call belongs to, or the call itself. What concerns the data unit and not a frame of it,
    /// such as the label row and its transaction, belongs to that call.
    pub(crate) fn of_task(&self) -> &Self {
        self.0.task.as_ref().unwrap_or(self)
    }

    /// Returns the request of the whole call: of the task, for the call of a frame or of a twin.
    fn of_call(&self) -> &CallRequest {
        self.0.origin.as_ref().unwrap_or(&self.of_task().0.request)
    }

    /// Returns the label row that is read.
    pub(crate) fn label_row_request(&self) -> &LabelRowRequest {
        &self.request().label_row
    }

    /// Returns the call for the label row of the same data at another place.
    pub(crate) fn for_twin(&self, payload: AgentPayload, branch: Option<&'static str>) -> Self {
        let task = self.of_task();
        let children = self.label_row_request().children;
        let mut request = task.request().with_payload(payload);
        request.label_row = LabelRowRequest { branch, children, ..LabelRowRequest::WHOLE };
        let origin = task.0.origin.as_ref().unwrap_or(&task.0.request);
        let twin = Self(Arc::new(Run { origin: Some(Arc::clone(origin)), ..Run::new(Arc::new(request), None) }));
        if task.0.frames.get().is_some() {
            twin.set_task();
        }
        twin
    }

    /// Returns the call of a frame of this task.
    pub(crate) fn on_frame(&self, payload: AgentPayload) -> Self {
        let request = Arc::new(self.request().with_payload(payload));
        Self(Arc::new(Run::new(request, Some(self.clone()))))
    }

    /// Makes the call the call of a task, whose frames have one commit.
    pub(crate) fn set_task(&self) {
        self.0.frames.get_or_init(TaskFrames::default);
    }

    /// Returns the changes of the frames of the task, if the call belongs to one.
    pub(crate) fn task_frames(&self) -> Option<&TaskFrames> {
        self.of_task().0.frames.get()
    }

    /// Returns `true` if the call is that of a frame of a task.
    pub(crate) fn is_frame_of_task(&self) -> bool {
        self.0.task.is_some()
    }

    /// The name of the agent that is called.
    #[must_use]
    pub fn agent(&self) -> &'static str {
        self.request().definition.name
    }

    /// Returns the definition of the agent that is called.
    #[must_use]
    pub fn definition(&self) -> &'static AgentDefinition {
        self.request().definition
    }

    /// Says that what the agent did is being kept for as long as the result lives: meanwhile the time-out does not end the
    /// call at once.
    pub(crate) fn commit(&self) -> Committing {
        self.of_call().committing.store(true, Ordering::Release);
        Committing(self.clone())
    }

    /// Counts the step of a transaction that begins: its preparation or its commit.
    pub(crate) fn next_step(&self) {
        self.of_call().steps.fetch_add(1, Ordering::Relaxed);
    }

    /// Returns the number of the current step, by which a transaction sees whether others came between its own steps.
    pub(crate) fn step(&self) -> u32 {
        self.of_call().steps.load(Ordering::Relaxed)
    }

    /// Returns the transaction on the label row.
    pub(crate) fn row_transaction(&self) -> &RowTransaction {
        &self.of_task().0.row_transaction
    }

    /// Returns `true` while a transaction of the call is being committed.
    #[must_use]
    pub fn is_committing(&self) -> bool {
        self.of_call().committing.load(Ordering::Acquire)
    }

    /// Waits until nothing is being kept.
    pub async fn committed(&self) {
        // Begins to listen before it looks, so that no end is missed.
        let committed = self.of_call().committed.notified();
        if self.is_committing() {
            committed.await;
        }
    }

    /// Returns the URI of the request, with its query.
    #[must_use]
    pub fn uri(&self) -> &Uri {
        &self.request().uri
    }

    /// The request's headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.request().headers
    }

    /// Returns the address of the client: the peer of the connection, or the address that a trusted proxy forwards
    /// (`Server::trust_proxy`). It does not authenticate the client. `None` if another server accepts the connections:
    /// in tests, and for a router inside your own server.
    #[must_use]
    pub fn client(&self) -> Option<IpAddr> {
        self.request().client
    }

    /// The request's body, byte for byte.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        self.request().body.get().map_or(&[], |body| body)
    }

    /// Completes the call, once its body has arrived.
    pub fn set_body(&self, body: Bytes) {
        // Set once, by the endpoint.
        let _ = self.request().body.set(body);
    }

    /// Gives the call its permit, once it is admitted.
    pub fn set_permit(&self, permit: &CallPermit) {
        // Set once, by the endpoint.
        let _ = self.request().permit.set(WeakPermit::new(permit));
    }

    /// The call's permit, for parameters that start work later.
    pub(crate) fn weak_permit(&self) -> WeakPermit {
        self.of_call().permit.get().cloned().unwrap_or_default()
    }

    /// Keeps the permit of the call: it counts as running until the guard is dropped, also if the caller hangs up. Move the
    /// guard into work that goes on without the call, such as a thread or a task of your own.
    /// [`spawn_blocking`](Self::spawn_blocking) does.
    #[must_use]
    pub fn guard(&self) -> CallGuard {
        self.weak_permit().guard()
    }

    /// Runs a computation on a thread for blocking work, and waits for its result. If the caller hangs up or the call times
    /// out, the computation still runs to its end, and the call counts as running until then: abandoned calls cannot take
    /// more threads and memory than `AGENT_CONCURRENCY` allows.
    ///
    /// ```
    /// use agent_runtime::prelude::*;
    ///
    /// #[editor_agent]
    /// async fn sum(call: EditorCall) -> Result<String> {
    ///     let sum: u64 = call.spawn_blocking(|| (0..1_000_000_u64).sum()).await?;
    ///     Ok(sum.to_string())
    /// }
    /// ```
    ///
    /// # Errors
    /// 500: the computation panicked.
    pub async fn spawn_blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, AgentError> {
        self.weak_permit().spawn_blocking(work).await
    }

    /// Returns `true` if the request has a valid signature of the platform. Unsigned requests that
    /// `signature = "when-present"` accepts are not verified.
    #[must_use]
    pub fn is_verified(&self) -> bool {
        self.request().verified.load(Ordering::Relaxed)
    }

    /// Records whether the request carries a valid signature.
    pub fn set_verified(&self, verified: bool) {
        self.request().verified.store(verified, Ordering::Relaxed);
    }

    /// Makes the call a dry run. Called before the agent runs.
    pub fn set_dry_run(&self) {
        self.request().dry_run.get_or_init(DryRun::default);
    }

    /// Returns the dry run, if the call is one.
    #[must_use]
    pub fn dry_run(&self) -> Option<&DryRun> {
        self.of_call().dry_run.get()
    }

    /// Returns `true` if the call is a dry run: label changes become part of the response and are not saved, and the platform
    /// client refuses every request that changes something. An agent that has other effects, such as a message to a chat,
    /// leaves them out.
    ///
    /// ```
    /// use agent_runtime::prelude::*;
    ///
    /// #[editor_agent]
    /// async fn report(call: EditorCall) -> Result<String> {
    ///     if !call.is_dry_run() {
    ///         // Send the report.
    ///     }
    ///     Ok("Reported.".to_owned())
    /// }
    /// ```
    #[must_use]
    pub fn is_dry_run(&self) -> bool {
        self.dry_run().is_some()
    }

    /// The saves of the call, by all runs of its agent.
    #[must_use]
    pub fn save_counts(&self) -> &SaveCounts {
        &self.of_call().save_counts
    }

    /// Returns the background work that starts after the response.
    pub(crate) fn deferred(&self) -> &Arc<Deferred> {
        self.of_call().deferred.get_or_init(Arc::default)
    }

    /// Starts the background work, once the agent has succeeded.
    pub fn start_deferred(&self, pool: &Arc<Pool>) {
        if let Some(deferred) = self.request().deferred.get() {
            deferred.begin(pool);
        }
    }

    /// The payload, if a parameter has asked for it and it is one.
    pub fn payload_if_read(&self) -> Option<&AgentPayload> {
        self.request().payload.get()?.as_deref().ok()
    }

    /// The trace the call belongs to.
    #[must_use]
    pub fn trace(&self) -> &Trace {
        &self.request().trace
    }

    /// When the call will be given up; `None` for an agent without a time-out.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.request().deadline
    }

    /// Returns the durations of the parts of the call, if they are measured.
    #[must_use]
    pub fn timings(&self) -> Option<&Timings> {
        self.request().timings.as_deref()
    }

    /// Returns the account that memory for the call is acquired through.
    pub(crate) fn memory(&self) -> &MemoryAccount {
        self.of_call().memory()
    }

    /// The application state and shared resources of the server.
    #[must_use]
    pub fn states(&self) -> &States {
        &self.request().states
    }

    /// Returns the payload. The body is parsed once per call.
    ///
    /// # Errors
    /// 400 for a body that is not JSON, 415 for one that is not sent as JSON, 422 with one entry per wrong field.
    pub fn payload(&self) -> Result<Arc<AgentPayload>, AgentError> {
        self.request().payload.get_or_init(|| AgentPayload::parse(self.headers(), self.body()).map(Arc::new)).clone()
    }

    /// Another extractor's value.
    ///
    /// # Errors
    /// That extractor's.
    pub async fn extract<T: FromCall>(&self) -> Result<T, AgentError> {
        T::from_call(self).await
    }

    /// Works something out once per call, however many parameters ask for it: the first to ask runs `compute`, the
    /// others wait for it, and all get the same value, or the same error. One value per type.
    ///
    /// ```
    /// use agent_runtime::prelude::*;
    /// use std::sync::Arc;
    ///
    /// struct Customer(String);
    ///
    /// /// Any number of parameters may ask for the customer: it is looked up once.
    /// async fn customer(call: &EditorCall) -> agent_runtime::Result<Arc<Customer>> {
    ///     call.once(async || {
    ///         let project: ProjectHash = call.extract().await?;
    ///         Ok(Customer(format!("customer of {project}")))
    ///     })
    ///     .await
    /// }
    /// ```
    ///
    /// # Errors
    /// Those of `compute`. A `compute` that asks for its own type waits for itself until the call times out.
    pub async fn once<T, F>(&self, compute: impl FnOnce() -> F) -> Result<Arc<T>, AgentError>
    where
        T: Send + Sync + 'static,
        F: Future<Output = Result<T, AgentError>>,
    {
        let slot = self.shared::<Slot<T>>();
        slot.get_or_init(|| async { compute().await.map(Arc::new) }).await.clone()
    }

    /// Returns the value of the type that belongs to this call. It is created when it is first asked for.
    pub(crate) fn shared<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        let mut store = self.0.store.lock().unwrap_or_else(PoisonError::into_inner);
        let value = store.entry(TypeId::of::<T>()).or_insert_with(|| Arc::new(T::default()));
        // The key is the type, so the downcast succeeds.
        Arc::clone(value).downcast().unwrap_or_default()
    }
}

/// A guard that marks a call as committing until it is dropped.
pub(crate) struct Committing(EditorCall);

impl Drop for Committing {
    fn drop(&mut self) {
        let call = self.0.of_call();
        call.committing.store(false, Ordering::Release);
        call.committed.notify_waiters();
    }
}

impl fmt::Debug for EditorCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Headers and body may hold secrets.
        write!(f, "EditorCall({}, trace {})", self.agent(), self.trace().id())
    }
}
