//! The platform over the network: one client, every call an agent makes.
//!
//! [`PlatformClient`] is the client. Ontologies and label rows go through it as raw JSON text, so that nothing in them is
//! lost or respelt: `Ontology::parse` and `LabelRow::parse` read them. Everything else comes as small typed values that
//! ignore fields they do not know and keep values they do not know.
//!
//! ```no_run
//! use agent_platform::client::{LabelRowFilter, LabelRowToSave, PlatformClient, ReadLabels, Validation};
//!
//! # async fn example(project: uuid::Uuid, data: uuid::Uuid) -> Result<(), Box<dyn std::error::Error>> {
//! let platform = PlatformClient::from_env()?;
//! platform.check().await?;
//! let rows = platform.list_label_rows(project, &LabelRowFilter::default().data_hashes([data])).await?;
//! if let Some(label_hash) = rows.first().and_then(|row| row.label_hash.as_deref()) {
//!     let row = platform.label_row(project, label_hash, &ReadLabels::default()).await?;
//!     platform.save_label_row(project, LabelRowToSave { label_hash, row: &row }, Validation::Skipped).await?;
//! }
//! # Ok(())
//! # }
//! ```

mod agent_tasks;
mod attempts;
mod builder;
mod call;
mod domain;
mod download;
mod error;
mod failure;
mod file_download;
mod file_sink;
mod file_suffix;
#[cfg(agent_platform_fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
mod label_row_filter;
mod label_row_metadata;
mod label_rows;
mod legacy;
mod legacy_codes;
mod ontology;
mod paging;
mod project;
mod public_addresses;
mod query;
mod retry;
mod retry_after;
mod save;
mod server_clock;
mod start_check;
mod storage;
mod storage_item;
mod temporary_file;
mod tls;
mod tolerant;
mod trace;
mod traffic;
mod transport;
mod user;
mod v2;
mod workflow;

use std::fmt;
use std::sync::Arc;

pub use agent_tasks::{AgentTask, AgentTaskStatus, PathwayChoice};
pub use builder::{BuildError, PlatformBuilder};
pub use domain::{Domain, DomainError};
pub use download::Download;
pub use error::{Error, Result};
pub use failure::Failure;
pub use file_download::{DownloadTo, DownloadedFile};
pub use label_row_filter::LabelRowFilter;
pub use label_row_metadata::{
    AnnotationTaskStatus, DataType, ImageData, LabelRowMetadata, LabelStatus, WorkflowGraphNode,
};
pub use label_rows::{LABEL_ROWS_AT_ONCE, ReadLabels};
pub use project::{
    Branch, Dataset, Pathway, Project, ProjectFilter, ProjectStatus, ProjectType, StageType, Workflow, WorkflowStage,
};
pub use retry::RetryPolicy;
pub use save::{LabelRowToSave, SaveError, Validation};
pub use start_check::CheckError;
pub use storage::SignedUrl;
pub use storage_item::{ItemType, StorageItem, StorageItemPatch, StorageLocation};
pub use temporary_file::TemporaryFile;
pub use trace::TraceId;
pub use traffic::Traffic;
pub use user::{UserProject, UserProjectSummary};

use builder::Limits;
use retry::RetryBudgets;

use crate::auth::Credentials;
use crate::memory::{ByteBudget, MemoryAccount};

/// A client of the platform. Cheap to clone; all clones share one pool of connections.
///
/// # Traces
///
/// A platform without a trace gives every call a fresh one. [`with_trace`](Self::with_trace) gives a clone whose calls
/// belong to one trace; no other clone learns of it.
///
/// # What is repeated
///
/// | What happened | reading calls, priorities | everything that changes something |
/// |---|---|---|
/// | no connection | repeated | repeated: nothing was sent |
/// | 413, 429 | repeated | repeated: nothing was done |
/// | 500, 502, 503 | repeated | not repeated |
/// | no answer, or part of one | repeated | not repeated |
/// | any other answer | not repeated | not repeated |
///
/// Whether to save again after an error that leaves open whether something was saved is the caller's decision:
/// [`Error::may_have_acted`] tells. Each try is signed anew, waits are random and follow `Retry-After`, and the whole
/// call ends within its time (contract: `platform-api.md`, section 3, which repeats more).
#[derive(Clone)]
pub struct PlatformClient {
    shared: Arc<Shared>,
    trace: Option<TraceId>,
    /// The account of the call that this clone works for; each request has its own without one.
    account: Option<MemoryAccount>,
}

struct Shared {
    http: reqwest::Client,
    /// For signed URLs: connections of its own, without anything of ours.
    storage: reqwest::Client,
    credentials: Credentials,
    domain: Domain,
    regions: Vec<Domain>,
    limits: Limits,
    retry: RetryPolicy,
    budgets: RetryBudgets,
    memory: ByteBudget,
    traffic: traffic::Counters,
    clock: server_clock::ServerClock,
}

impl PlatformClient {
    /// Sets up a client.
    #[must_use]
    pub fn builder() -> PlatformBuilder {
        PlatformBuilder::default()
    }

    /// A client as the environment describes it: `ENCORD_SSH_KEY` or `ENCORD_SSH_KEY_FILE`, and `ENCORD_DOMAIN`.
    ///
    /// # Errors
    /// What is missing or wrong; see [`Credentials::from_env`].
    pub fn from_env() -> Result<Self, BuildError> {
        Self::builder().build()
    }

    /// The same client for the calls of one trace: one request of an editor, say.
    #[must_use]
    pub fn with_trace(&self, trace: TraceId) -> Self {
        Self { shared: Arc::clone(&self.shared), trace: Some(trace), account: self.account.clone() }
    }

    /// Returns the same client for a call whose large responses are acquired through this account, and from its budget.
    #[must_use]
    pub fn with_memory(&self, account: MemoryAccount) -> Self {
        Self { shared: Arc::clone(&self.shared), trace: self.trace.clone(), account: Some(account) }
    }

    /// The account of one request.
    fn memory(&self) -> MemoryAccount {
        self.account.clone().unwrap_or_else(|| self.shared.memory.account())
    }

    /// The trace of this client's calls, if it has one.
    #[must_use]
    pub fn trace(&self) -> Option<&TraceId> {
        self.trace.as_ref()
    }

    /// Where the platform is.
    #[must_use]
    pub fn domain(&self) -> &Domain {
        &self.shared.domain
    }
}

impl PlatformClient {
    /// The same client for a platform elsewhere.
    fn at(&self, domain: Domain) -> Self {
        let shared = &*self.shared;
        let shared = Shared {
            http: shared.http.clone(),
            storage: shared.storage.clone(),
            credentials: shared.credentials.clone(),
            domain,
            regions: Vec::new(),
            limits: shared.limits.clone(),
            retry: shared.retry.clone(),
            budgets: RetryBudgets::new(shared.retry.budget),
            memory: shared.memory.clone(),
            traffic: traffic::Counters::default(),
            clock: server_clock::ServerClock::default(),
        };
        Self { shared: Arc::new(shared), trace: self.trace.clone(), account: self.account.clone() }
    }
}

impl fmt::Debug for PlatformClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlatformClient")
            .field("domain", &self.shared.domain.as_str())
            .field("credentials", &self.shared.credentials)
            .field("trace", &self.trace)
            .finish_non_exhaustive()
    }
}
