//! Client of the platform's HTTP API.
//!
//! [`PlatformClient`] is the client. Ontologies and label rows are raw JSON text, so that they stay byte-for-byte unchanged;
//! parse them with `Ontology::parse` and `LabelRow::parse`. Other responses are small typed values that ignore unknown
//! fields and keep unknown values.
//!
//! ```no_run
//! use agent_platform::client::{LabelRowFilter, LabelRowToSave, PlatformClient, ReadLabels, Validation};
//!
//! # async fn example(project: uuid::Uuid, data: uuid::Uuid) -> Result<(), Box<dyn std::error::Error>> {
//! let platform = PlatformClient::from_env()?;
//! platform.check().await?;
//! let rows = platform.list_label_rows(project, &LabelRowFilter::default().data_hashes([data])).await?;
//! if let Some(label_hash) = rows.first().and_then(|row| row.label_hash.as_ref()) {
//!     let row = platform.label_row(project, label_hash, &ReadLabels::default()).await?;
//!     platform.save_label_row(project, LabelRowToSave::new(label_hash, &row), Validation::Skipped).await?;
//! }
//! # Ok(())
//! # }
//! ```

mod agent_tasks;
mod array_parser;
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
mod issues;
mod label_row_filter;
mod label_row_metadata;
mod label_row_stream;
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
mod spans;
mod start_check;
mod stopwatch;
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

pub use agent_tasks::{AgentTask, AgentTaskStatus, PathwayChoice, TaskFilter};
pub use builder::{BuildError, PlatformBuilder};
pub use domain::{Domain, DomainError};
pub use download::Download;
pub use error::{Error, Result};
pub use failure::Failure;
pub use file_download::{DownloadTo, DownloadedFile};
pub use issues::{
    Issue, IssueAnchor, IssueComment, IssueFrames, IssueResolution, IssueTag, IssueType, MAX_ISSUES_PER_REQUEST,
    NewIssue,
};
pub use label_row_filter::LabelRowFilter;
pub use label_row_metadata::{
    AnnotationTaskStatus, DataType, ImageData, LabelRowMetadata, LabelStatus, WorkflowGraphNode,
};
pub use label_row_stream::LabelRowStream;
pub use label_rows::{MAX_LABEL_ROWS_PER_REQUEST, ReadLabels};
pub use project::{
    Branch, Dataset, Pathway, Project, ProjectFilter, ProjectStatus, ProjectType, StageType, Workflow, WorkflowStage,
};
pub use retry::RetryPolicy;
pub use save::{LabelRowToSave, SaveError, Validation};
pub use start_check::CheckError;
pub use stopwatch::{Stopwatch, StopwatchRun};
pub use storage::SignedUrl;
pub use storage_item::{ItemType, StorageItem, StorageItemPatch, StorageLocation};
pub use temporary_file::TemporaryFile;
pub use tls::http_client_for;
pub use trace::{InvalidTraceId, TraceId};
pub use traffic::Traffic;
pub use user::{UserProject, UserProjectSummary};

use builder::Limits;
use retry::RetryBudgets;

use crate::auth::Credentials;
use crate::memory::{ByteBudget, MemoryAccount};

/// A client of the platform. Cheap to clone; all clones share one connection pool.
///
/// # Traces
///
/// By default each call has a new trace ID. [`with_trace`](Self::with_trace) returns a clone whose calls share one;
/// other clones are not affected.
///
/// # Retries
///
/// | outcome | reading calls, priorities | other changes |
/// |---|---|---|
/// | no connection | retried | retried: nothing was sent |
/// | 413, 429 | retried | retried: nothing was done |
/// | 500, 502, 503 | retried | not retried |
/// | no response, or an incomplete one | retried | not retried |
/// | any other response | not retried | not retried |
///
/// If it is unknown whether something was saved, [`Error::may_have_acted`] returns `true`, and the caller decides
/// whether to save again. Each attempt has its own signature. Waits have random jitter and honour `Retry-After`. The
/// call timeout covers all attempts. (Contract: `docs/contract/endpoints.md#retries-and-timeouts`, which describes the
/// Python client; that client retries more.)
#[derive(Clone)]
pub struct PlatformClient {
    shared: Arc<Shared>,
    trace: Option<TraceId>,
    /// The account of the agent's call that this clone works for. Without one, each request has its own.
    account: Option<MemoryAccount>,
    /// Measures the requests of this clone.
    stopwatch: Option<Stopwatch>,
    access: Access,
}

/// The requests that a client sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    All,
    ReadOnly,
}

struct Shared {
    http: reqwest::Client,
    /// The HTTP client for signed URLs. It has its own connections and sends no credentials.
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
    /// Returns a builder.
    #[must_use]
    pub fn builder() -> PlatformBuilder {
        PlatformBuilder::default()
    }

    /// Creates a client from environment variables: `ENCORD_SSH_KEY` or `ENCORD_SSH_KEY_FILE`, and `ENCORD_DOMAIN`.
    ///
    /// # Errors
    /// A variable is missing or invalid; see [`Credentials::from_env`].
    pub fn from_env() -> Result<Self, BuildError> {
        Self::builder().build()
    }

    /// Returns a clone whose calls share a trace, for example that of one request of an editor.
    #[must_use]
    pub fn with_trace(&self, trace: TraceId) -> Self {
        Self { trace: Some(trace), ..self.clone() }
    }

    /// Returns a clone whose large responses draw on this account and its budget.
    #[must_use]
    pub fn with_memory(&self, account: MemoryAccount) -> Self {
        Self { account: Some(account), ..self.clone() }
    }

    /// Returns a clone whose HTTP requests, retries and file downloads included, are measured.
    #[must_use]
    pub fn with_stopwatch(&self, stopwatch: Stopwatch) -> Self {
        Self { stopwatch: Some(stopwatch), ..self.clone() }
    }

    /// Returns a clone that sends only requests that change nothing. Others fail with [`Error::ReadOnly`] before they are sent.
    #[must_use]
    pub fn read_only(&self) -> Self {
        Self { access: Access::ReadOnly, ..self.clone() }
    }

    /// Returns the account for a request.
    fn memory(&self) -> MemoryAccount {
        self.account.clone().unwrap_or_else(|| self.shared.memory.account())
    }

    /// Returns the trace of this client's calls, if it is set.
    #[must_use]
    pub fn trace(&self) -> Option<&TraceId> {
        self.trace.as_ref()
    }

    /// Returns the address of the platform.
    #[must_use]
    pub fn domain(&self) -> &Domain {
        &self.shared.domain
    }
}

impl PlatformClient {
    /// Returns a clone for another platform.
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
        Self { shared: Arc::new(shared), ..self.clone() }
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
