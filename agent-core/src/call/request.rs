//! The request of a call, which all runs of its agent share.

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicU32};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Instant;

use agent_platform::memory::{ByteBudget, MemoryAccount};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, Uri};
use tokio::sync::Notify;

use super::context::CallContext;
use super::frames::SentSave;
use crate::background::Deferred;
use crate::call_permit::WeakPermit;
use crate::definition::{AgentDefinition, LabelRowRequest};
use crate::dry_run::DryRun;
use crate::error::AgentError;
use crate::payload::AgentPayload;
use crate::save_counts::SaveCounts;
use crate::states::States;
use crate::timings::Timings;
use crate::trace::Trace;

/// The request, and what belongs to the call as a whole. Parts that few agents use are created on first use.
pub(super) struct CallRequest {
    pub(super) definition: &'static AgentDefinition,
    pub(super) uri: Uri,
    pub(super) headers: HeaderMap,
    pub(super) client: Option<IpAddr>,
    pub(super) body: OnceLock<Bytes>,
    pub(super) trace: Trace,
    pub(super) states: Arc<States>,
    pub(super) deadline: Option<Instant>,
    pub(super) timings: Option<Box<Timings>>,
    pub(super) payload: OnceLock<Result<Arc<AgentPayload>, AgentError>>,
    /// `true` if the request has a valid signature.
    pub(super) verified: AtomicBool,
    pub(super) save_counts: SaveCounts,
    /// `true` while a transaction is being committed. The timeout does not interrupt it.
    pub(super) committing: AtomicBool,
    pub(super) committed: Notify,
    /// Number of prepared and committed transactions.
    pub(super) steps: AtomicU32,
    /// The label row that is read.
    pub(super) label_row: LabelRowRequest,
    /// Set for a dry run.
    pub(super) dry_run: OnceLock<DryRun>,
    /// Background work that starts after the response.
    pub(super) deferred: OnceLock<Arc<Deferred>>,
    memory: OnceLock<MemoryAccount>,
    /// Held by the endpoint, and by work that outlives the call.
    pub(super) permit: OnceLock<WeakPermit>,
    /// The last save that was sent, for a task of a workflow stage.
    pub(super) sent_save: Mutex<Option<SentSave>>,
}

impl CallRequest {
    pub(super) fn new(definition: &'static AgentDefinition, request: Parts, context: CallContext) -> Self {
        let CallContext { states, trace, client, deadline, timings } = context;
        let (uri, headers) = (request.uri, request.headers);
        Self { uri, headers, client, deadline, timings, ..Self::empty(definition, states, trace) }
    }

    fn empty(definition: &'static AgentDefinition, states: Arc<States>, trace: Trace) -> Self {
        Self {
            definition,
            uri: Uri::default(),
            headers: HeaderMap::new(),
            client: None,
            body: OnceLock::new(),
            trace,
            states,
            deadline: None,
            timings: None,
            payload: OnceLock::new(),
            verified: AtomicBool::new(false),
            save_counts: SaveCounts::default(),
            committing: AtomicBool::new(false),
            committed: Notify::new(),
            steps: AtomicU32::new(0),
            label_row: definition.label_row,
            dry_run: OnceLock::new(),
            deferred: OnceLock::new(),
            memory: OnceLock::new(),
            permit: OnceLock::new(),
            sent_save: Mutex::new(None),
        }
    }

    /// Creates the request of a frame of the same task.
    pub(super) fn with_payload(&self, payload: AgentPayload) -> Self {
        let frame = Self {
            uri: self.uri.clone(),
            headers: self.headers.clone(),
            body: self.body.clone(),
            payload: OnceLock::from(Ok(Arc::new(payload))),
            ..Self::empty(self.definition, Arc::clone(&self.states), self.trace.clone())
        };
        Self { deadline: self.deadline, ..frame }
    }

    /// Returns the account that memory for the call is acquired through.
    pub(super) fn memory(&self) -> &MemoryAccount {
        self.memory.get_or_init(|| self.states.get::<ByteBudget>().unwrap_or_default().account())
    }

    /// Discards what a run has left for the end of the call: the agent runs again.
    pub(super) fn discard_results(&self) {
        if let Some(deferred) = self.deferred.get() {
            deferred.clear();
        }
        if let Some(dry_run) = self.dry_run.get() {
            dry_run.clear();
        }
    }
}
